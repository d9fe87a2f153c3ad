const block = /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----([^-]*)-----END (?:X509 |TRUSTED )?CERTIFICATE-----/g;

/** The certificates of PEM texts as DER, each one once, in order. What is no certificate is left out: bundles carry comments. */
export function certificatesIn(texts: readonly string[]): readonly Buffer[] {
  const bodies = texts.flatMap((text) => Array.from(text.matchAll(block), ([, body = '']) => body.replace(/\s+/g, '')));
  return [...new Set(bodies)].map((body) => Buffer.from(body, 'base64'));
}

/** RFC 7468 section 3: lines of 64 characters. */
export function toPemBundle(certificates: readonly Buffer[]): string {
  return certificates
    .map(
      (der) =>
        `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replace(/.{64}(?=.)/g, '$&\n')}\n-----END CERTIFICATE-----\n`,
    )
    .join('');
}
