// The model in 3D: a GLB under orbit controls. Drawn only when something has changed. Units are millimetres, Z is up.

import {
  Box3,
  Color,
  DirectionalLight,
  EdgesGeometry,
  GridHelper,
  Group,
  HemisphereLight,
  LineBasicMaterial,
  LineSegments,
  Mesh,
  MeshStandardMaterial,
  type Object3D,
  PerspectiveCamera,
  Scene,
  Sphere,
  Spherical,
  Vector3,
  WebGLRenderer,
} from 'three';
import { OrbitControls } from 'three/examples/jsm/controls/OrbitControls.js';
import { GLTFLoader } from 'three/examples/jsm/loaders/GLTFLoader.js';

/** More triangles than this get no edges: finding them would be felt. */
const EDGES_TRIANGLES_MAX = 250_000;
const EDGE_DEGREES = 30;
const FIELD_OF_VIEW = 28;
/** Room around a model that is seen whole. */
const MARGIN = 1.12;

/** Directions from which the eye looks at the middle. */
const VIEWS: Record<string, Vector3> = {
  iso: new Vector3(0.62, -0.9, 0.62),
  front: new Vector3(0, -1, 0),
  right: new Vector3(1, 0, 0),
  top: new Vector3(0, -0.0001, 1),
};

export class ModelView {
  readonly #renderer: WebGLRenderer;
  readonly #scene = new Scene();
  readonly #camera = new PerspectiveCamera(FIELD_OF_VIEW, 1, 0.1, 10_000);
  readonly #controls: OrbitControls;
  readonly #model = new Group();
  readonly #edges = new Group();
  readonly #floor = new Group();
  readonly #box = new Box3(new Vector3(-50, -50, 0), new Vector3(50, 50, 50));
  readonly #bounds = this.#box.getBoundingSphere(new Sphere());
  #scheduled = false;
  #view = 'iso';
  #lineColor = new Color();
  #floorColor = new Color();

  constructor(private readonly host: HTMLElement) {
    this.#renderer = new WebGLRenderer({ antialias: true, alpha: true, powerPreference: 'low-power' });
    this.#renderer.setPixelRatio(Math.min(devicePixelRatio, 2));
    const canvas = this.#renderer.domElement;
    canvas.tabIndex = 0;
    canvas.setAttribute('role', 'img');
    canvas.setAttribute('aria-describedby', 'model-keys');
    host.prepend(canvas);
    this.#camera.up.set(0, 0, 1);
    this.#controls = new OrbitControls(this.#camera, canvas);
    this.#controls.zoomToCursor = true;
    this.#controls.addEventListener('change', () => this.#draw());
    this.#light();
    this.#scene.add(this.#model, this.#edges, this.#floor);
    this.colors();
    canvas.addEventListener('keydown', (event) => this.#key(event));
    canvas.addEventListener('dblclick', () => this.fit());
    new ResizeObserver(() => this.#resize()).observe(host);
    this.#resize();
  }

  /** Shows a GLB. The view stays where it is unless `isNew`. */
  async show(bytes: ArrayBuffer, isNew: boolean): Promise<void> {
    const loaded = await new GLTFLoader().parseAsync(bytes, '');
    dispose(this.#model);
    dispose(this.#edges);
    this.#model.add(loaded.scene);
    // metres with Y up, as glTF has it, to millimetres with Z up
    this.#model.scale.setScalar(1000);
    this.#model.rotation.x = Math.PI / 2;
    this.#model.updateMatrixWorld(true);
    this.#box.setFromObject(this.#model);
    this.#box.getBoundingSphere(this.#bounds);
    this.#addEdges();
    this.#addFloor();
    if (isNew) this.look(this.#view);
    else this.#clip();
    this.#draw();
  }

  /** Shows nothing. */
  clear(): void {
    dispose(this.#model);
    dispose(this.#edges);
    dispose(this.#floor);
    this.#draw();
  }

  set label(text: string) {
    this.#renderer.domElement.setAttribute('aria-label', text);
  }

  set hasEdges(are: boolean) {
    this.#edges.visible = are;
    this.#draw();
  }

  /** From one of the named directions, with the whole model in sight. */
  look(view: string): void {
    this.#view = view;
    this.#place((VIEWS[view] ?? VIEWS.iso)!);
  }

  /** The whole model in sight, from where the eye is. */
  fit(): void {
    this.#place(this.#camera.position.clone().sub(this.#controls.target));
  }

  /** Sets the eye in a direction from the model's middle, as near as all corners of its box can be seen. */
  #place(direction: Vector3): void {
    const toEye = direction.clone().normalize();
    const right = new Vector3().crossVectors(this.#camera.up, toEye).normalize();
    const upward = new Vector3().crossVectors(toEye, right);
    const tall = Math.tan((FIELD_OF_VIEW * Math.PI) / 360);
    const middle = this.#bounds.center;
    let distance = 0;
    for (const corner of corners(this.#box)) {
      const from = corner.sub(middle);
      const side = Math.max(Math.abs(from.dot(right)) / (tall * this.#camera.aspect), Math.abs(from.dot(upward)) / tall);
      distance = Math.max(distance, from.dot(toEye) + side * MARGIN);
    }
    this.#controls.target.copy(middle);
    this.#camera.position.copy(middle).addScaledVector(toEye, distance || 100);
    this.#clip();
    this.#controls.update();
    this.#draw();
  }

  /** Takes the colours of lines and floor from the style sheet. */
  colors(): void {
    const style = getComputedStyle(this.host);
    const color = (name: string) => new Color(style.getPropertyValue(name).trim() || '#888888');
    this.#lineColor = color('--model-line');
    this.#floorColor = color('--model-floor');
    this.#edges.traverse((line) => {
      if (line instanceof LineSegments) (line.material as LineBasicMaterial).color = this.#lineColor;
    });
    if (this.#floor.children.length > 0) this.#addFloor();
    this.#draw();
  }

  #light(): void {
    const key = new DirectionalLight(0xffffff, 2.1);
    key.position.set(-0.6, 1, 1.2);
    const fill = new DirectionalLight(0xffffff, 0.7);
    fill.position.set(1.4, -0.3, 0.6);
    // lights go with the eye, so that no side is ever in the dark
    this.#camera.add(key, key.target, fill, fill.target);
    key.target.position.set(0, 0, -1);
    fill.target.position.set(0, 0, -1);
    const sky = new HemisphereLight(0xffffff, 0x8a8f98, 1.35);
    sky.position.set(0, 0, 1);
    this.#scene.add(this.#camera, sky);
  }

  #addEdges(): void {
    const meshes: Mesh[] = [];
    let triangles = 0;
    this.#model.traverse((object) => {
      if (!(object instanceof Mesh)) return;
      meshes.push(object);
      triangles += (object.geometry.index?.count ?? 0) / 3;
      if (object.material instanceof MeshStandardMaterial) {
        // faces step back a little, so that edges on them are whole
        object.material.polygonOffset = true;
        object.material.polygonOffsetFactor = 1;
        object.material.polygonOffsetUnits = 1;
      }
    });
    if (triangles > EDGES_TRIANGLES_MAX) return;
    for (const mesh of meshes) {
      const material = new LineBasicMaterial({ color: this.#lineColor, transparent: true, opacity: 0.55 });
      const lines = new LineSegments(new EdgesGeometry(mesh.geometry, EDGE_DEGREES), material);
      lines.applyMatrix4(mesh.matrixWorld);
      this.#edges.add(lines);
    }
  }

  #addFloor(): void {
    dispose(this.#floor);
    const size = this.#box.getSize(new Vector3());
    const step = round(Math.max(size.x, size.y, 1) / 12);
    const cells = Math.ceil((Math.max(size.x, size.y) * 1.35) / step / 2) * 2;
    const grid = new GridHelper(cells * step, cells, this.#floorColor, this.#floorColor);
    grid.rotation.x = Math.PI / 2;
    const middle = this.#box.getCenter(new Vector3());
    grid.position.set(Math.round(middle.x / step) * step, Math.round(middle.y / step) * step, this.#box.min.z - size.z * 0.001);
    this.#floor.add(grid);
  }

  #clip(): void {
    const distance = this.#camera.position.distanceTo(this.#bounds.center);
    this.#camera.near = Math.max(this.#bounds.radius / 200, distance - this.#bounds.radius * 4);
    this.#camera.far = distance + this.#bounds.radius * 6;
    this.#camera.updateProjectionMatrix();
    this.#controls.minDistance = this.#bounds.radius * 0.05;
    this.#controls.maxDistance = this.#bounds.radius * 30;
  }

  #resize(): void {
    const { clientWidth: width, clientHeight: height } = this.host;
    if (width === 0 || height === 0) return;
    this.#renderer.setSize(width, height, false);
    this.#camera.aspect = width / height;
    this.#camera.updateProjectionMatrix();
    this.#render();
  }

  #draw(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    requestAnimationFrame(() => {
      this.#scheduled = false;
      this.#render();
    });
  }

  #render(): void {
    this.#clip();
    this.#renderer.render(this.#scene, this.#camera);
  }

  #key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = Math.PI / 24;
    const actions: Record<string, () => void> = {
      ArrowLeft: () => (event.shiftKey ? this.#pan(1, 0) : this.#orbit(-step, 0)),
      ArrowRight: () => (event.shiftKey ? this.#pan(-1, 0) : this.#orbit(step, 0)),
      ArrowUp: () => (event.shiftKey ? this.#pan(0, -1) : this.#orbit(0, -step)),
      ArrowDown: () => (event.shiftKey ? this.#pan(0, 1) : this.#orbit(0, step)),
      '+': () => this.zoom(1 / 1.2),
      '=': () => this.zoom(1 / 1.2),
      '-': () => this.zoom(1.2),
      f: () => this.fit(),
      Home: () => this.look('iso'),
      0: () => this.look('iso'),
      1: () => this.look('front'),
      2: () => this.look('top'),
      3: () => this.look('right'),
    };
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  }

  /** Brings the eye nearer (below 1) or further away. */
  zoom(factor: number): void {
    const away = this.#camera.position.clone().sub(this.#controls.target);
    const length = Math.min(Math.max(away.length() * factor, this.#controls.minDistance), this.#controls.maxDistance);
    this.#camera.position.copy(this.#controls.target).add(away.setLength(length));
    this.#controls.update();
    this.#draw();
  }

  #orbit(around: number, over: number): void {
    // Spherical has Y up
    const { x, y, z } = this.#camera.position.clone().sub(this.#controls.target);
    const at = new Spherical().setFromCartesianCoords(x, z, -y);
    at.theta += around;
    at.phi = Math.min(Math.max(at.phi + over, 0.001), Math.PI - 0.001);
    const to = new Vector3().setFromSpherical(at);
    this.#camera.position.copy(this.#controls.target).add(new Vector3(to.x, -to.z, to.y));
    this.#controls.update();
    this.#draw();
  }

  #pan(across: number, up: number): void {
    const length = this.#camera.position.distanceTo(this.#controls.target) * 0.05;
    const right = new Vector3().setFromMatrixColumn(this.#camera.matrix, 0).multiplyScalar(-across * length);
    const upward = new Vector3().setFromMatrixColumn(this.#camera.matrix, 1).multiplyScalar(-up * length);
    this.#camera.position.add(right).add(upward);
    this.#controls.target.add(right).add(upward);
    this.#controls.update();
    this.#draw();
  }
}

/** The nearest of 1, 2, 5, 10, 20, 50 … */
function round(length: number): number {
  const power = 10 ** Math.floor(Math.log10(length));
  const rest = length / power;
  return power * (rest < 1.5 ? 1 : rest < 3.5 ? 2 : rest < 7.5 ? 5 : 10);
}

function corners({ min, max }: Box3): Vector3[] {
  return [0, 1, 2, 3, 4, 5, 6, 7].map(
    (bits) => new Vector3(bits & 1 ? max.x : min.x, bits & 2 ? max.y : min.y, bits & 4 ? max.z : min.z),
  );
}

/** Empties a group and gives back what it held on the graphics card. */
function dispose(group: Group): void {
  group.traverse((object: Object3D) => {
    if (!(object instanceof Mesh || object instanceof LineSegments)) return;
    object.geometry.dispose();
    for (const material of [object.material].flat()) material.dispose();
  });
  group.clear();
}
