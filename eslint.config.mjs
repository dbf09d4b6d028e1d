import { dirname, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import tseslint from 'typescript-eslint';

const root = dirname(fileURLToPath(import.meta.url));

/**
 * The layering table: what a folder of src/ may import, besides itself. Imports go one way, and only daemon/ names
 * adapters.
 */
const LAYERS = {
  domain: [],
  stages: ['domain'],
  ports: ['domain'],
  config: ['domain'],
  pipeline: ['domain', 'stages', 'ports', 'config'],
  adapters: ['domain', 'stages', 'ports', 'config'],
  daemon: ['domain', 'stages', 'ports', 'config', 'pipeline', 'adapters'],
  cli: ['domain', 'stages', 'ports', 'config', 'daemon'],
  'main.ts': ['cli', 'domain'],
};

const layering = {
  meta: { type: 'problem', schema: [], messages: { layer: '{{from}} must not import {{to}}: see the layering table' } },
  create(context) {
    const src = resolve(root, 'src');
    const layerOf = (path) => relative(src, path).split(sep)[0];
    const from = layerOf(context.filename);
    if (LAYERS[from] === undefined) return {};
    const check = (node) => {
      const source = node.source?.value;
      if (typeof source !== 'string' || !source.startsWith('.')) return;
      const to = layerOf(resolve(dirname(context.filename), source));
      if (to !== from && !LAYERS[from].includes(to)) context.report({ node, messageId: 'layer', data: { from, to } });
    };
    return { ImportDeclaration: check, ExportNamedDeclaration: check, ExportAllDeclaration: check };
  },
};

export default tseslint.config(
  { ignores: ['dist/', 'var/', 'coverage/', 'node_modules/', 'schemas/', '**/*.mjs'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: root } },
    plugins: { labdrop: { rules: { layering } } },
    rules: {
      'labdrop/layering': 'error',
      'no-empty': ['error', { allowEmptyCatch: false }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      complexity: ['error', 20],
      'max-lines': ['error', { max: 400 }],
      'max-params': ['error', 5],
      'no-restricted-properties': ['error', { object: 'jest', property: 'mock', message: 'No module mocks.' }],
    },
  },
  {
    files: ['src/domain/**', 'src/stages/**', 'src/ports/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        { paths: ['fs', 'node:fs', 'node:fs/promises', 'node:net', 'node:child_process', 'better-sqlite3', 'ssh2'] },
      ],
    },
  },
  { files: ['src/domain/codes.ts'], rules: { 'max-lines': 'off' } },
  {
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      'max-lines': 'off',
    },
  },
);
