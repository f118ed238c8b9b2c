// GLB files of the examples, with each option, put to Khronos' validator: no error, no warning. Needs MAQUETTE, the binary.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import validator from "gltf-validator";

const maquette = process.env.MAQUETTE;
if (!maquette) throw new Error("MAQUETTE is not set");
const here = dirname(fileURLToPath(import.meta.url));
const examples = join(here, "..", "..", "examples");
const flat = "panel.scad";
const models = readdirSync(examples).filter((name) => name.endsWith(".scad") && name !== flat).map((name) => join(examples, name));
models.push(join(here, "coloured.scad"));
const options = [
    [],
    ["glb/normals=flat"],
    ["glb/crease=80"],
    ["glb/parts=false"],
    ["glb/quantize=true"],
    ["glb/compress=true"],
    ["glb/compress=true", "glb/quantize=false"],
    ["glb/compress=true", "glb/normals=flat", "mesh/tolerance=0.05"],
    ["mesh/mergeCoplanar=true", "glb/metallic=1", "glb/roughness=0.2"],
    ["mesh/triangles=500"],
];
// 0 is an error, 1 a warning; what comes after tells of extensions that the validator does not look into
const WARNING = 1;

const folder = mkdtempSync(join(tmpdir(), "maquette-gltf-"));
let files = 0;
let wrong = 0;
try {
    for (const model of models) {
        for (const option of options) {
            const file = join(folder, "model.glb");
            const asked = option.flatMap((one) => ["-O", one]);
            execFileSync(maquette, ["render", "-q", "-o", file, ...asked, model], { stdio: ["ignore", "ignore", "inherit"] });
            const report = await validator.validateBytes(new Uint8Array(readFileSync(file)));
            const said = report.issues.messages.filter((one) => one.severity <= WARNING);
            files += 1;
            if (report.info.totalTriangleCount === 0) said.push({ code: "NO_TRIANGLES", message: "there are no triangles" });
            if (said.length > 0) {
                wrong += 1;
                console.error(model, option.join(" "));
                for (const one of said.slice(0, 5)) console.error(`  ${one.code} ${one.pointer ?? ""}: ${one.message}`);
            }
        }
    }
} finally {
    rmSync(folder, { recursive: true });
}
console.log(`${files} GLB files, ${wrong} with errors or warnings`);
process.exitCode = wrong === 0 && files > 0 ? 0 : 1;
