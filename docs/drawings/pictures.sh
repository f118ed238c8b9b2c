#!/usr/bin/env bash
# Draws the pictures of docs/drawing.md from their programs: docs/drawings/pictures.sh target/release/maquette [NAME ...]
# Needs pdftoppm of poppler-utils.
set -euo pipefail
maquette=$(realpath "$1"); shift
cd "$(dirname "$0")"
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
wanted=" $* "

# picture NAME PROGRAM TITLE [options of maquette render …]
picture() {
    local name=$1 program=$2 title=$3; shift 3
    [[ $wanted == "  " || $wanted == *" $name "* ]] || return 0
    "$maquette" render "$program" -q -o "$work/$name.pdf" -O drawing/title.title="$title" -O drawing/title.owner="Maquette Works" "$@"
    pdftoppm -r 110 -gray -png -f 1 -l 1 -singlefile "$work/$name.pdf" "../images/drawing-$name"
}

# section LETTER POINT NORMAL [more fields]
section() { echo "drawing/sections=[{\"label\":\"$1\",\"point\":$2,\"normal\":$3${4:+,$4}}]"; }

picture housing ../../examples/housing.scad "Bearing housing" -O drawing/title.material="EN-GJL-250" -O "$(section A '[0,0,0]' '[0,-1,0]')"
picture flange flange.scad "Welding-neck flange" -O drawing/title.material="P250GH" -O drawing/views=front,top -O "$(section A '[0,0,0]' '[0,-1,0]')"
picture bracket ../../examples/bracket.scad "L bracket" -O drawing/title.material="S235JR"
picture gear gear.scad "Spur gear" -O drawing/title.material="C45" -O drawing/views=front,top,isometric -O "$(section A '[0,0,0]' '[0,-1,0]')"
picture house ../../examples/house.scad "Small house" -O 'drawing/views=["front","right",{"plan":1200},"isometric"]' -O "$(section A '[3000,0,0]' '[1,0,0]')"
picture shaft shaft.scad "Shaft" -O drawing/title.material="C45"
picture panel panel.scad "Front panel" -O drawing/title.material="EN AW-5754" -O drawing/views=front,top,isometric
picture case enclosure.scad "Case" -O drawing/parts=colors -O drawing/partSheets=false -O drawing/views=front,top,right,isometric -O "$(section A '[0,0,0]' '[0,-1,0]')"
picture angle angle.scad "Angle" -O drawing/title.material="S235JR"
picture enclosure shell.scad "Lower shell" -O drawing/title.material="PETG" -O "$(section A '[0,0,0]' '[0,-1,0]')"
picture knob knob.scad "Hand knob" -O drawing/title.material="PA6" -O drawing/views=front,top,isometric -O "$(section A '[0,0,0]' '[0,-1,0]')"
picture bin bin.scad "Storage bin" -O drawing/title.material="PLA" -O "$(section A '[0,0,0]' '[0,-1,0]')"
picture plate plate.scad "Perforated plate" -O drawing/title.material="DC01" -O drawing/views=front,top,isometric
picture fixture ../../examples/fixture.scad "Drilling fixture"
picture gearbox gearbox.scad "Gear housing" -O drawing/views=front,top,isometric \
    -O 'drawing/sections=[{"label":"A","point":[-32,0,0],"normal":[0,-1,0],"half":"right"},{"label":"B","point":[-74,0,0],"normal":[0,-1,0],"through":[[-32,0,0],[28,36,0]]}]' \
    -O 'drawing/details=[{"label":"C","view":"A","center":[44,0,38],"radius":8}]'
picture exploded enclosure.scad "Case" -O drawing/parts=colors -O drawing/partSheets=false -O drawing/views=front,top,exploded \
    -O "$(section A '[0,23.5,0]' '[0,-1,0]' '"uncut":["silver"]')"
picture stud stud.scad "Stud" -O drawing/projection=third-angle -O drawing/title.material="42CrMo4" \
    -O 'drawing/views=["front","top","right","isometric",{"direction":[1,-1,0],"label":"B"}]' \
    -O 'drawing/details=[{"label":"C","view":"front","center":[9,0,20],"radius":6}]'
picture levels ../../examples/house.scad "Small house, two levels" -O 'drawing/views=[{"plan":1200},{"plan":3400},"front","isometric"]'
picture practice practice.scad "Practice" -O 'drawing/views=[{"plan":1200}]' -O drawing/paper=A2 -O drawing/scale=1:50
picture template jig.scad "Jig plate" -O drawing/template=workshop-a3.svg -O drawing/holeTable=true -O drawing/title.density=2.7 \
    -O drawing/title.fields.customer=ACME \
    -O 'drawing/revisions=[{"revision":"A","description":"First issue","date":"2026-01-05","approved":"N. N."}]'
