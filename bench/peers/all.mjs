import { bare } from './bare.mjs';
import { blind } from './blind.mjs';
import { direct } from './direct.mjs';
import { keywright } from './keywright.mjs';
import { mitmproxy } from './mitmproxy.mjs';
import { squid } from './squid.mjs';

/** In the order of the table's columns. */
export const allPeers = [direct, blind, bare, keywright, squid, mitmproxy];
