import { MolViewSpec } from 'molstar/lib/extensions/mvs/behavior.js';
import { loadMVS, MVSData } from 'molstar/lib/extensions/mvs/index.js';
import { DefaultCanvas3DParams } from 'molstar/lib/mol-canvas3d/canvas3d.js';
import { Bond, Structure, StructureElement, StructureProperties } from 'molstar/lib/mol-model/structure.js';
import { PluginStateObject } from 'molstar/lib/mol-plugin-state/objects.js';
import { createPluginUI } from 'molstar/lib/mol-plugin-ui/index.js';
import { renderReact18 } from 'molstar/lib/mol-plugin-ui/react18.js';
import { DefaultPluginUISpec } from 'molstar/lib/mol-plugin-ui/spec.js';
import { setSubtreeVisibility } from 'molstar/lib/mol-plugin/behavior/static/state.js';
import { StructureFocusRepresentation } from 'molstar/lib/mol-plugin/behavior/dynamic/selection/structure-focus-representation.js';
import { PluginConfig } from 'molstar/lib/mol-plugin/config.js';
import { PluginSpec } from 'molstar/lib/mol-plugin/spec.js';
import { DefaultQualityThresholds } from 'molstar/lib/mol-repr/util.js';
import { Color } from 'molstar/lib/mol-util/color/index.js';
import { skip } from 'rxjs';

const EFFECTS = ['occlusion', 'shadow', 'antialiasing', 'outline'];
const dark = matchMedia('(prefers-color-scheme: dark)');
const background = () => (dark.matches ? '#14171a' : '#ffffff');

/** The parts of Mol* that a page of results has use for; nothing that asks another server. */
function pluginSpec() {
    const spec = DefaultPluginUISpec();
    return {
        ...spec,
        actions: [],
        behaviors: [
            ...spec.behaviors.filter(({ transformer }) => transformer !== StructureFocusRepresentation),
            // Without the surroundings: they bring water, and pockets of many residues are not seen for them.
            PluginSpec.Behavior(StructureFocusRepresentation, { components: ['target'] }),
            PluginSpec.Behavior(MolViewSpec),
        ],
        layout: { initial: { isExpanded: false, showControls: false } },
        components: {
            ...spec.components,
            controls: { left: 'none', bottom: 'none' },
            remoteState: 'none',
            disableDragOverlay: true,
            viewport: { snapshotDescription: () => null },
        },
        config: [
            [PluginConfig.General.AllowMajorPerformanceCaveat, true],
            [PluginConfig.State.DefaultServer, ''],
            [PluginConfig.State.CurrentServer, ''],
            [PluginConfig.VolumeStreaming.Enabled, false],
            [PluginConfig.Viewport.ShowAnimation, false],
            [PluginConfig.Viewport.ShowIllumination, false],
            [PluginConfig.Viewport.ShowTrajectoryControls, false],
            [PluginConfig.Viewport.ShowXR, 'never'],
        ],
    };
}

/** Mol* in an element that says in `data-state` how far it is: loading, ready or error. */
export class Viewer {
    constructor(element, light) {
        this.element = element;
        this.light = light;
        this.busy = Promise.resolve();
        this.hidden = new Set();
    }

    tell(state, message = '') {
        this.element.dataset.message = message;
        this.element.dataset.state = state;
        this.element.querySelector(':scope > p')?.remove();
        if (message) {
            const text = { textContent: message, className: 'viewer-message' };
            this.element.prepend(Object.assign(document.createElement('p'), text));
        }
    }

    async start() {
        const target = document.createElement('div');
        this.element.replaceChildren(target);
        this.element.setAttribute('role', 'group');  // a picture no more: it has buttons
        this.plugin = await createPluginUI({ target, render: renderReact18, spec: pluginSpec() });
        if (!this.plugin.canvas3d) throw new Error('the browser gave it no canvas.');
        this.full = Object.fromEntries(EFFECTS.map((name) => [name, this.plugin.canvas3d.props.postprocessing[name]]));
        this.setEffects();
        dark.addEventListener('change', () => this.setEffects());
        this.plugin.behaviors.interaction.hover.subscribe(({ current }) => this.point(this.placesOf(current.loci)));
        this.element.addEventListener('pointerleave', () => this.point([]));
        await this.show(this.element.dataset.scene);
    }

    /** Scenes are shown one after the other; of several that wait, the last. */
    show(url) {
        this.element.dataset.scene = url;
        this.tell('loading');
        this.busy = this.busy.then(async () => {
            if (url !== this.element.dataset.scene) return;
            try {
                await this.load(new URL(url, document.baseURI).href);
                this.tell('ready');
            } catch (error) {
                this.tell('error', `The 3D view could not be shown: ${error.message}`);
            }
        });
        return this.busy;
    }

    async load(url) {
        const answer = await fetch(url);
        if (!answer.ok) throw new Error(`the scene was answered with status ${answer.status}.`);
        const scene = MVSData.fromMVSJ(await answer.text());
        const canvas = scene.root.children.find((node) => node.kind === 'canvas');
        if (canvas) canvas.params.background_color = background();  // scenes are written for white pages
        await loadMVS(this.plugin, scene, { sourceUrl: url, doNotReportErrors: true });
        const broken = [...this.plugin.state.data.cells.values()].find((cell) => cell.status === 'error');
        if (broken) throw new Error(broken.errorText);
        this.plugin.managers.snapshot.clear();
        for (const name of this.hidden) this.setVisible(name, false);
        await this.drawn();
    }

    /** Resolves when all of the scene is drawn and the camera has arrived. */
    drawn() {
        const canvas = this.plugin.canvas3d;
        canvas.commit(true);
        return new Promise((resolve) => {
            const drawings = canvas.didDraw.pipe(skip(1)).subscribe(() => {
                if (canvas.camera.transition.inTransition) {
                    canvas.requestDraw();
                } else {
                    drawings.unsubscribe();
                    resolve();
                }
            });
            canvas.requestDraw();
        });
    }

    setEffects() {
        // A structure counts as larger, so that it is made of fewer triangles: each frame takes less than half the time.
        DefaultQualityThresholds.elementCountFactor = this.light ? 100 : 1;
        const off = { name: 'off', params: {} };
        const effects = this.light ? Object.fromEntries(EFFECTS.map((name) => [name, off])) : this.full;
        // What each scene begins with. Were effects on then, its first picture would take twice as long.
        Object.assign(DefaultCanvas3DParams.postprocessing, effects);
        this.plugin.canvas3d.setProps({
            postprocessing: effects,
            camera: { helper: { axes: { name: 'off', params: {} } } },
            multiSample: { mode: this.light ? 'off' : 'temporal' },
            renderer: { backgroundColor: Color.fromHexStyle(background()) },
        });
    }

    /** What is drawn already keeps its triangles, so the scene is made anew, seen from where it was. */
    async switchLight(light) {
        this.light = light;
        if (!this.plugin) return;
        this.setEffects();
        const snapshot = this.plugin.canvas3d.camera.getSnapshot();
        this.busy = this.busy.then(() => this.plugin.clear());
        const url = this.element.dataset.scene;
        await this.show(url);
        // Another scene that was chosen meanwhile has a view of its own.
        if (url === this.element.dataset.scene) this.plugin.canvas3d.requestCameraReset({ snapshot, durationMs: 0 });
    }

    /** Shows or hides what scenes draw under these names, in this scene and in those that come. */
    choose(names, visible) {
        for (const name of names.split(',')) {
            this.hidden[visible ? 'delete' : 'add'](name);
            if (this.plugin) this.setVisible(name, visible);
        }
    }

    named(name) {
        return this.plugin.state.data.selectQ((q) => q.root.subtree().withTag(`mvs-ref:${name}`)).filter((cell) => cell.obj);
    }

    setVisible(name, visible) {
        for (const { transform } of this.named(name)) setSubtreeVisibility(this.plugin.state.data, transform.ref, !visible);
    }

    /** What stands at `A:45`: a ligand that the scene has given this name, else residues; `A:` is the whole chain. */
    *loci(place) {
        const state = this.plugin.state.data;
        const named = this.named(place);
        for (const cell of named) yield Structure.toStructureElementLoci(cell.obj.data);
        const [, chain, number, insertion] = /^(.*):(-?\d+)?(\w?)$/.exec(place) ?? [];
        if (named.length || chain === undefined) return;
        const residue = number ? { auth_seq_id: Number(number), pdbx_PDB_ins_code: insertion } : {};
        for (const { obj } of state.selectQ((q) => q.rootsOfType(PluginStateObject.Molecule.Structure))) {
            if (!obj || obj.data.model.sourceData.kind === 'sdf') continue;
            const loci = StructureElement.Loci.fromSchema(obj.data, { auth_asym_id: chain, ...residue });
            if (!StructureElement.Loci.isEmpty(loci)) yield loci;
        }
    }

    all(places) {
        return this.plugin ? places.split(',').flatMap((place) => [...this.loci(place.trim())]) : [];
    }

    /** Tells the page what the pointer is on, by `viewer:places`. */
    point(places) {
        if (String(places) === String(this.pointed ?? [])) return;
        this.pointed = places;
        this.element.dispatchEvent(new CustomEvent('viewer:places', { bubbles: true, detail: places }));
    }

    /** Where something is: what `loci` finds; of a line that the scene has drawn, the places that it gives it. */
    placesOf(hovered) {
        if (hovered.kind === 'group-loci') return hovered.shape.sourceData?.node?.custom?.places?.split(',') ?? [];
        const loci = Bond.isLoci(hovered) ? Bond.toStructureElementLoci(hovered) : hovered;
        const location = StructureElement.Loci.is(loci) && StructureElement.Loci.getFirstLocation(loci);
        if (!location) return [];
        if (location.unit.model.sourceData.kind === 'sdf') return this.nameOf(loci.structure.root);
        const { chain, residue } = StructureProperties;
        const insertion = residue.pdbx_PDB_ins_code(location);
        return [`${chain.auth_asym_id(location)}:${residue.auth_seq_id(location)}${insertion}`];
    }

    /** What the scene calls a ligand. */
    nameOf(structure) {
        const cells = [...this.plugin.state.data.cells.values()].filter(({ obj }) => obj?.data?.root === structure);
        const tags = cells.flatMap((cell) => cell.transform.tags ?? []);
        return tags.filter((tag) => tag.startsWith('mvs-ref:')).map((tag) => tag.slice('mvs-ref:'.length));
    }

    highlight(places) {
        const { lociHighlights } = this.plugin?.managers.interactivity ?? {};
        lociHighlights?.clearHighlights();
        for (const loci of this.all(places)) lociHighlights.highlight({ loci }, false);
    }

    /** Residues become sticks; of a chain they would hide everything. */
    look(places) {
        const loci = this.all(places);
        if (!loci.length) return;
        const { camera, structure } = this.plugin.managers;
        structure.focus.clear();
        if (!places.endsWith(':')) for (const each of loci) structure.focus.addFromLoci(each);
        camera.focusLoci(loci, this.light ? { durationMs: 0 } : {});
    }
}
