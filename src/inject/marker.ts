/** Begins the core of every placeholder, whatever its shape: one search finds them all. */
export const marker = '0dec0de5';
/** The 96 bits after the marker, in lower-case hexadecimal. */
export const idLength = 24;
/** Characters of the core: the marker and the id. */
export const coreLength = marker.length + idLength;
