import { describe, expect, it } from '@jest/globals';
import { wgetSettings } from '../../src/adopt/wget-settings.js';

describe('settings for wget', () => {
  it('keep what the user has set, but for ways around the proxy and other roots', () => {
    const existing =
      '# mine\r\ntimeout = 10\nuse_proxy = off\n https_proxy=http://corp\nno_proxy = x\nca_certificate=/corp.pem\nca_directory = /c\nproxy_password = p\n\nuser_agent = x';
    expect(wgetSettings(existing, '/p/trusted.pem')).toBe(
      '# mine\ntimeout = 10\nuser_agent = x\nca_certificate = /p/trusted.pem\n',
    );
    expect(wgetSettings('', '/b')).toBe('ca_certificate = /b\n');
  });
});
