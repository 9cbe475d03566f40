/**
 * The 3D viewer of the pages: Mol* on `[data-viewer]`, showing the MolViewSpec scene at `data-scene`.
 *
 * Elements of the page steer it by attributes and need no script of their own: `data-places="A:45,B:46A"` highlights
 * these residues and looks at them, `data-scene-url` shows another scene, `input[data-light]` leaves out effects and
 * detail, `input[data-shown="1HVR_1"]` hides what scenes draw under this name.
 */
import './viewer.css';
import { machine } from './machine.js';
import { Viewer } from './view.js';

const LIGHT = 'viewer-light';
const NO_WEBGL = 'This browser has no WebGL, so there is no 3D view; tables and files show the same.';
let viewer;

/** The address of the page decides, else what was chosen last, else what the machine can do. */
function isLight(software) {
    if (new URLSearchParams(location.search).has('light')) return true;
    try {
        return (localStorage.getItem(LIGHT) ?? String(software)) === 'true';
    } catch {
        return software;
    }
}

function keepLight(light) {
    try {
        localStorage.setItem(LIGHT, light);
    } catch {
        // Without storage the choice holds for this page.
    }
}

async function start() {
    const element = document.querySelector('[data-viewer]');
    if (!element || element === viewer?.element) return;
    const { webgl, software } = machine();
    viewer = new Viewer(element, isLight(software));
    element.viewer = viewer;
    for (const box of document.querySelectorAll('input[data-light]')) box.checked = viewer.light;
    if (!webgl) viewer.tell('error', NO_WEBGL);
    else await viewer.start().catch((error) => viewer.tell('error', `The 3D view could not be started: ${error.message}`));
}

function choose(button) {
    for (const other of document.querySelectorAll('[data-scene-url]')) other.ariaPressed = String(other === button);
    if (viewer?.plugin) viewer.show(button.dataset.sceneUrl);
}

/** Calls a function with the closest element above the event's that has an attribute. */
function on(event, attribute, act) {
    document.addEventListener(event, (happened) => {
        const element = happened.target.closest?.(`[${attribute}]`);
        if (element) act(element);
    });
}

on('click', 'data-scene-url', choose);
on('click', 'data-places', (element) => viewer?.look(element.dataset.places));
for (const event of ['pointerover', 'focusin']) {
    on(event, 'data-places', (element) => viewer?.highlight(element.dataset.places));
}
for (const event of ['pointerout', 'focusout']) on(event, 'data-places', () => viewer?.highlight(''));
on('change', 'data-shown', (box) => viewer?.choose(box.dataset.shown, box.checked));
on('change', 'data-light', (box) => {
    keepLight(box.checked);
    viewer?.switchLight(box.checked);
});
document.addEventListener('htmx:load', start);
start();
