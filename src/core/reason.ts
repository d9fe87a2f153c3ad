/**
 * Why something was refused, in words of ours: names of rules, secrets, files and places, never a value and never what a caller
 * or destination sent. The operator and the audit log get to read it; of any other error they get the code alone.
 */
export class Reason extends Error {
  override readonly name = 'Reason';
}
