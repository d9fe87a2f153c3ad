/**
 * Does the command line start one of these packages: `npx -y NAME@1.2.3`, `uvx NAME==1`, `docker run registry.example.com/NAME:tag`,
 * `node …/node_modules/NAME/dist/index.js`, or a program of that name?
 */
export function namesPackage(commandLine: readonly string[], packages: readonly string[]): boolean {
  return packages.some((name) => {
    const pattern = new RegExp(
      `(?:^|[\\s/\\\\=])${escape(name)}(?:$|[\\s/\\\\@:=<>~!\\[]|\\.(?:exe|cmd|js|mjs|cjs|py)$)`,
    );
    return commandLine.some((word) => pattern.test(word));
  });
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
