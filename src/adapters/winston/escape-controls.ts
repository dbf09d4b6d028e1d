/** Kept under its former path for its importers. */
export { escapeControls } from '../../domain/escape-controls';
