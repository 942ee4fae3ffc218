/** Starts the HMI in the browser. */
// First: see there.
import './lib/browser-language.ts';
import '@fontsource-variable/inter/wght.css';
import './tokens.css';
import './base.css';
import { render } from 'solid-js/web';
import { App } from './app.tsx';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no element with the id root');
render(() => <App />, root);
