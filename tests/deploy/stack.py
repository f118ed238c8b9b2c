"""The stack as a document, and what of it a stand-in can make."""
import json
import pathlib
import socket
import time
import urllib.request

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
TEMPLATE = ROOT / "deploy/aws/stack.yaml"


class Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short forms, read as its long forms."""


def long_form(loader, suffix, node):
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
        if suffix == "GetAtt":
            value = value.split(".", 1)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}


Loader.add_multi_constructor("!", long_form)


def load():
    """The template as a dictionary, in the long form."""
    return yaml.load(TEMPLATE.read_text(), Loader)


def of_type(template, kind):
    """Name and properties of every resource of a type."""
    return {name: r.get("Properties", {}) for name, r in template["Resources"].items() if r["Type"] == kind}


def only(template, types):
    """The template without the resources that a stand-in does not know, and without the outputs that speak of them."""
    kept = {name: r for name, r in template["Resources"].items() if r["Type"] in types}
    gone = set(template["Resources"]) - set(kept)

    def speaks_of_gone(value):
        if isinstance(value, dict):
            if value.get("Ref") in gone or (value.get("Fn::GetAtt") or [""])[0] in gone:
                return True
            return any(speaks_of_gone(v) for v in value.values())
        if isinstance(value, list):
            return any(speaks_of_gone(v) for v in value)
        return isinstance(value, str) and any("${" + name in value for name in gone)

    outputs = {name: o for name, o in template["Outputs"].items() if not speaks_of_gone(o)}
    return {**template, "Resources": kept, "Outputs": outputs}


def deploy(cloudformation, name, template, parameters, tries=120):
    """Creates a stack and waits for it; its outputs, or what went wrong."""
    cloudformation.create_stack(
        StackName=name,
        TemplateBody=json.dumps(template, default=str),
        Parameters=[{"ParameterKey": k, "ParameterValue": v} for k, v in parameters.items()],
        Capabilities=["CAPABILITY_IAM"],
    )
    for _ in range(tries):
        stack = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
        if stack["StackStatus"] == "CREATE_COMPLETE":
            made = cloudformation.describe_stack_resources(StackName=name)["StackResources"]
            failed = [(r["LogicalResourceId"], r.get("ResourceStatusReason")) for r in made if "FAILED" in r.get("ResourceStatus", "")]
            assert not failed, failed
            return {o["OutputKey"]: o["OutputValue"] for o in stack.get("Outputs", [])}
        if "FAILED" in stack["StackStatus"] or "ROLLBACK" in stack["StackStatus"]:
            events = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
            raise AssertionError([(e["LogicalResourceId"], e.get("ResourceStatusReason")) for e in events if "FAILED" in e["ResourceStatus"]])
        time.sleep(0.5)
    raise AssertionError(f"the stack is still {stack['StackStatus']}")


def wait_for_port(port, seconds=60):
    """Until something listens on loopback."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"nothing listens on {port}")


def free_port():
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def get_json(url):
    """The JSON at a URL."""
    with urllib.request.urlopen(url, timeout=5) as answer:
        return json.load(answer)
