import { signPostV4 } from '../../net/sigv4.js';

/** What signs: never leaves the process but for the ID of the key and the session token. */
export interface AwsKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

/** The members of the login that prove who we are to AWS. */
export interface SignedIdentity {
  readonly iamHttpRequestMethod: 'POST';
  readonly iamRequestBody: string;
  readonly iamRequestHeaders: string;
}

const question = 'Action=GetCallerIdentity&Version=2011-06-15';

/**
 * A request to STS that tells who signed it, for Infisical to send (Signature Version 4; `GetCallerIdentity` needs no permission).
 * Whoever has it can ask that one question for 15 minutes. `now`: milliseconds since the epoch.
 */
export async function signedIdentity(region: string, keys: AwsKeys, now: number): Promise<SignedIdentity> {
  const url = new URL(`https://sts.${region}.amazonaws.com/`);
  const type = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
  const headers = await signPostV4({ url, headers: type, body: question }, { region, service: 'sts', ...keys, now });
  return {
    iamHttpRequestMethod: 'POST',
    iamRequestBody: Buffer.from(question).toString('base64'),
    iamRequestHeaders: Buffer.from(JSON.stringify(headers)).toString('base64'),
  };
}
