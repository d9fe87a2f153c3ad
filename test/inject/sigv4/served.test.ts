import { describe, expect, it } from '@jest/globals';
import { isServed } from '../../../src/inject/sigv4/served.js';

const served = (host: string, service: string, { path = '/', named = false } = {}): boolean =>
  isServed({ host, path, service }, named);

describe('a signature is not made', () => {
  it.each([
    // A stranger's API gets all headers, and could send them on to the service that the signature is for.
    ['a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com', 's3'],
    ['a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com', 'iam'],
    ['a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com', 'sts'],
    ['a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com:8443', 'sts'],
    ['a1b2c3d4e5.execute-api.cn-north-1.amazonaws.com.cn', 'sts'],
    ['a1b2c3d4e5-vpce-0a1b.execute-api.eu-central-1.amazonaws.com', 'secretsmanager'],
    ['vpce-0a1b-xyz.execute-api.eu-central-1.vpce.amazonaws.com', 'sts'],
    ['iam.execute-api.eu-central-1.amazonaws.com', 'iam'],
    ['vpce-0a1b-xyz.vpce-svc-0123456789abcdef0.eu-central-1.vpce.amazonaws.com', 'sts'],
    ['abcdefgh.lambda-url.eu-central-1.on.aws', 'execute-api'],
    ['abcdefgh.lambda-url.eu-central-1.on.aws', 's3'],
    ['abcdefgh.appsync-api.eu-central-1.amazonaws.com', 'execute-api'],
    ['mybucket.s3-website-us-east-1.amazonaws.com', 's3'],
    ['mybucket.s3-website.eu-central-1.amazonaws.com', 's3'],
    ['point-123456789012.s3-object-lambda.eu-central-1.amazonaws.com', 's3'],
    ['iam.s3.eu-central-1.amazonaws.com', 'iam'],
    ['iam.s3.amazonaws.com', 'iam'],
    ['ec2-192-0-2-1.eu-central-1.compute.amazonaws.com', 'ec2'],
    ['ec2-192-0-2-1.compute-1.amazonaws.com', 'ec2'],
    ['iam-123456.eu-central-1.elb.amazonaws.com', 'elasticloadbalancing'],
    ['iam-123456.eu-central-1.elb.amazonaws.com', 'elb'],
    ['db.abc.eu-central-1.rds.amazonaws.com', 'rds'],
    ['0123.gr7.eu-central-1.eks.amazonaws.com', 'eks'],
    ['id.c2.eu-central-1.airflow.amazonaws.com', 'airflow'],
    ['search-logs-abc.eu-central-1.es.amazonaws.com', 'sts'],
    ['abc-ats.iot.eu-central-1.amazonaws.com', 'execute-api'],
    ['abc-ats.iot.eu-central-1.amazonaws.com', 'iot'],
    ['g-abc.grafana-workspace.eu-central-1.amazonaws.com', 'grafana'],
    ['d111111abcdef8.cloudfront.net', 'cloudfront'],
    ['d111111abcdef8.cloudfront.net', 's3'],
    ['site.eu-central-1.elasticbeanstalk.com', 'elasticbeanstalk'],
    ['main.d111.amplifyapp.com', 'amplify'],
    // Whose label is a service's own name, though only customers are under this suffix.
    ['my-shop-0a1b2c.ecs.eu-central-1.on.aws', 'ecs'],
    ['b-0a1b2c3d.mq.eu-central-1.on.aws', 'mq'],
    ['my-shop-0a1b2c.ecs.cn-north-1.on.amazonwebservices.com.cn', 'ecs'],
    ['a1b2c3d4e5.execute-api.eusc-de-east-1.api.amazonwebservices.eu', 'sts'],
    ['abc.eu-central-1.awsapprunner.com', 'apprunner'],
    // A call that would make credentials, to another host than those that are denied for it.
    ['monitoring.eu-central-1.amazonaws.com', 'iam'],
    ['s3.eu-central-1.amazonaws.com', 'sts'],
    ['sso.eu-central-1.amazonaws.com', 'rolesanywhere'],
  ])('for %s and the service %s', (host, service) => {
    expect(served(host, service)).toBe(false);
    expect(served(host.toLowerCase(), service.toUpperCase())).toBe(false);
  });

  it.each([
    ['a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com', 's3'],
    ['ec2-192-0-2-1.eu-central-1.compute.amazonaws.com', 'ec2'],
    ['vpce-0a1b-xyz.vpce-svc-0123456789abcdef0.eu-central-1.vpce.amazonaws.com', 'sts'],
    ['d111111abcdef8.cloudfront.net', 's3'],
    ['my-shop-0a1b2c.ecs.eu-central-1.on.aws', 'ecs'],
    ['toString.execute-api.eu-central-1.amazonaws.com', 'constructor'],
  ])('for %s where the configuration names the service %s either: a customer has that host', (host, service) => {
    expect(served(host, service, { named: true })).toBe(false);
  });

  it.each([
    ['abcdefgh.lambda-url.eu-central-1.on.aws', 'lambda', '/2015-03-31/functions/'],
    ['abcdefgh.lambda-url.eu-central-1.on.aws', 'lambda', '//2015-03-31//functions'],
    ['search-logs-abc.eu-central-1.es.amazonaws.com', 'es', '/2021-01-01/domain/logs'],
    ['search-logs-abc.aos.eu-central-1.on.aws', 'es', '/2021-01-01/opensearch/domain'],
    ['abcdefgh.appsync-api.eu-central-1.amazonaws.com', 'appsync', '/v1/apis/abc/apikeys'],
    ['abcdefgh.appsync-realtime-api.eu-central-1.amazonaws.com', 'appsync', '/v1/apis'],
    [
      'gw.gateway.bedrock-agentcore.eu-central-1.amazonaws.com',
      'bedrock-agentcore',
      '/identities/get-resource-api-key',
    ],
  ])('for %s and %s where the path is one of the API behind the service: %s', (host, service, path) => {
    expect(served(host, service, { path })).toBe(false);
  });
});

describe('a signature is made', () => {
  it.each([
    ['sts.eu-central-1.amazonaws.com', 'sts'],
    ['sts.amazonaws.com', 'sts'],
    ['sts-fips.us-east-1.amazonaws.com', 'sts'],
    ['vpce-0a1b-xyz.sts.eu-central-1.vpce.amazonaws.com', 'sts'],
    ['iam.amazonaws.com', 'iam'],
    ['iam.global.api.aws', 'iam'],
    ['s3.amazonaws.com', 's3'],
    ['s3-eu-west-1.amazonaws.com', 's3'],
    ['s3-fips.us-gov-west-1.amazonaws.com', 's3'],
    ['s3.dualstack.eu-central-1.amazonaws.com', 's3'],
    ['my.bucket.s3.eu-central-1.amazonaws.com', 's3'],
    ['my.logs-eu-central-1.s3.amazonaws.com', 's3'],
    ['bucket.s3-accelerate.dualstack.amazonaws.com', 's3'],
    ['point-123456789012.s3-accesspoint.eu-central-1.amazonaws.com', 's3'],
    ['123456789012.s3-control.eu-central-1.amazonaws.com', 's3'],
    ['bucket--usw2-az1--x-s3.s3express-usw2-az1.us-west-2.amazonaws.com', 's3express'],
    ['point-123456789012.s3-object-lambda.eu-central-1.amazonaws.com', 's3-object-lambda'],
    ['participant.connect.eu-central-1.amazonaws.com', 'execute-api'],
    ['abcdefgh.lambda-url.eu-central-1.on.aws', 'lambda'],
    ['lambda.eu-central-1.amazonaws.com', 'lambda'],
    ['orders-0a1b.7d67968.vpc-lattice-svcs.eu-central-1.on.aws', 'vpc-lattice-svcs'],
    ['neptune-graph.eu-central-1.on.aws', 'neptune-graph'],
    ['ecs.eu-central-1.api.aws', 'ecs'],
    ['sts.eusc-de-east-1.api.amazonwebservices.eu', 'sts'],
    ['search-logs-abc.eu-central-1.es.amazonaws.com', 'es'],
    ['abc.eu-central-1.aoss.amazonaws.com', 'aoss'],
    ['es.eu-central-1.amazonaws.com', 'es'],
    ['eu-west-1.queue.amazonaws.com', 'sqs'],
    ['queue.amazonaws.com', 'sqs'],
    ['sqs.eu-central-1.amazonaws.com', 'sqs'],
    ['email.eu-central-1.amazonaws.com', 'ses'],
    ['bedrock-runtime.eu-central-1.amazonaws.com', 'bedrock'],
    ['runtime.sagemaker.eu-central-1.amazonaws.com', 'sagemaker'],
    ['api.ecr.eu-central-1.amazonaws.com', 'ecr'],
    ['abc-ats.iot.eu-central-1.amazonaws.com', 'iotdata'],
    ['iot.eu-central-1.amazonaws.com', 'iot'],
    ['api.tunneling.iot.eu-central-1.amazonaws.com', 'IoTSecuredTunneling'],
    ['portal.sso.eu-central-1.amazonaws.com', 'awsssoportal'],
    ['streams.dynamodb.eu-central-1.amazonaws.com', 'dynamodb'],
    ['dynamodb.cn-north-1.amazonaws.com.cn', 'dynamodb'],
    // Whose that is the configuration says.
    ['minio.corp.example:9000', 's3'],
    ['127.0.0.1:4566', 'sts'],
  ])('for %s and the service %s', (host, service) => {
    expect(served(host, service)).toBe(true);
  });

  it('for an API behind API Gateway, where the configuration names the service, as it may act with the identity of its caller', () => {
    const api = 'a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com';
    expect(served(api, 'execute-api')).toBe(false);
    expect(served(`vpce-0a1b-${api.replace('amazonaws', 'vpce.amazonaws')}`, 'execute-api')).toBe(false);
    expect(served(api, 'execute-api', { named: true })).toBe(true);
  });

  it('for a host that is named after something else, where the configuration names the service', () => {
    const host = 'something-new.eu-central-1.amazonaws.com';
    expect([served(host, 'newer'), served(host, 'newer', { named: true })]).toEqual([false, true]);
  });

  it.each([
    ['abcdefgh.lambda-url.eu-central-1.on.aws', 'lambda', '/orders/2015-03-31'],
    ['lambda.eu-central-1.amazonaws.com', 'lambda', '/2015-03-31/functions/'],
    ['es.eu-central-1.amazonaws.com', 'es', '/2021-01-01/domain/logs'],
    ['search-logs-abc.eu-central-1.es.amazonaws.com', 'es', '/logs-2021-01-01/_search'],
    ['abcdefgh.appsync-api.eu-central-1.amazonaws.com', 'appsync', '/graphql'],
    ['appsync.eu-central-1.amazonaws.com', 'appsync', '/v1/apis'],
    ['gw.gateway.bedrock-agentcore.eu-central-1.amazonaws.com', 'bedrock-agentcore', '/mcp'],
    ['bedrock-agentcore.eu-central-1.amazonaws.com', 'bedrock-agentcore', '/runtimes/a/invocations'],
  ])('for %s and %s at a path of its own: %s', (host, service, path) => {
    expect(served(host, service, { path })).toBe(true);
  });
});
