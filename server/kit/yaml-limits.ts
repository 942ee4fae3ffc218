/** How much of a YAML file the server reads, and by which variables. */
import type { YamlLimits } from '#schema/read-yaml.ts';
import type { Config } from '../config.ts';

/** `bytes` is the limit of the kind of file, and `bytesName` its variable. Anchors and aliases are not read. */
export function yamlLimitsOf(
  { yamlDepth, yamlTokens }: Pick<Config['limits'], 'yamlDepth' | 'yamlTokens'>,
  bytes: number,
  bytesName: string,
): YamlLimits {
  const names = { bytes: bytesName, depth: 'LEHR_LIMIT_YAML_DEPTH', tokens: 'LEHR_LIMIT_YAML_TOKENS' };
  return { bytes, depth: yamlDepth, tokens: yamlTokens, aliases: 0, names };
}
