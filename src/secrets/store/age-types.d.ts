/** Names of browsers that the types of age-encryption use: keys of WebCrypto and passkeys. Nothing of ours passes them. */
type CryptoKey = never;
type AuthenticationExtensionsPRFValues = never;
