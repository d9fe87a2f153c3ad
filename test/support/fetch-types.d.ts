/** A name of the DOM's that the declarations of the MCP SDK use; Node has the thing, not the name. */
type HeadersInit = ConstructorParameters<typeof Headers>[0];
