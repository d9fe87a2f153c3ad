import type { Service } from './service.js';
import { services } from './services.js';

/** The service of this name in the catalogue. */
export function serviceNamed(name: string): Service | undefined {
  return services.find((service) => service.name === name);
}
