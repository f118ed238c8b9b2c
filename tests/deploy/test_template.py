"""What the stack promises, read off the template: nothing is deployed, no network is used."""
import base64
import importlib.util
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

import stack

LINT = pathlib.Path(sys.executable).parent / "cfn-lint"


def lines(value):
    """A policy's actions or resources as a list."""
    return value if isinstance(value, list) else [value]


class Template(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.template = stack.load()

    @unittest.skipUnless(LINT.exists(), f"SKIPPED: no {LINT}")
    def test_lint_has_nothing_to_say(self):
        done = subprocess.run([LINT, stack.TEMPLATE], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stdout), (0, ""), done.stderr)

    def test_no_right_is_wider_than_its_resource(self):
        for name, resource in self.template["Resources"].items():
            if not resource["Type"].startswith("AWS::IAM::"):
                continue
            policies = [*resource["Properties"].get("Policies", []), resource["Properties"]]
            for statement in (s for policy in policies for s in policy.get("PolicyDocument", {"Statement": []})["Statement"]):
                for action in lines(statement["Action"]):
                    self.assertNotIn("*", action, name)
                self.assertNotEqual(lines(statement["Resource"]), ["*"], name)

    def test_workers_let_nothing_in_but_what_was_asked_for(self):
        groups = stack.of_type(self.template, "AWS::EC2::SecurityGroup")
        self.assertNotIn("SecurityGroupIngress", groups["WorkerSecurityGroup"])
        ingress = {n: r for n, r in self.template["Resources"].items() if r["Type"] == "AWS::EC2::SecurityGroupIngress"}
        self.assertEqual({n: r["Condition"] for n, r in ingress.items()}, {"SshIngress": "HasSsh", "AlbToWorkers": "HasAlb"})
        pattern = re.compile(self.template["Parameters"]["AdminCidr"]["AllowedPattern"])
        self.assertTrue(pattern.match("203.0.113.7/32") and pattern.match(""))
        self.assertFalse(pattern.match("0.0.0.0/0"))

    def test_nothing_costs_while_idle(self):
        kinds = {r["Type"] for r in self.template["Resources"].values()}
        self.assertFalse(kinds & {"AWS::EC2::EIP", "AWS::EC2::NatGateway"})
        default = {n: p.get("Default") for n, p in self.template["Parameters"].items()}
        self.assertEqual(default["MinSize"], "0")
        for name in ("SshIngress", "SqsInterface", "Alb", "Redis", "Push", "Notify", "ApiDestination", "PushQueue"):
            self.assertIn("Condition", self.template["Resources"][name], name)

    def test_everything_is_encrypted_and_private(self):
        for name, queue in stack.of_type(self.template, "AWS::SQS::Queue").items():
            self.assertEqual(queue["SqsManagedSseEnabled"]["Fn::If"][2], True, name)
        bucket = self.template["Resources"]["Results"]["Properties"]
        self.assertTrue(all(bucket["PublicAccessBlockConfiguration"].values()))
        self.assertTrue(bucket["NotificationConfiguration"]["EventBridgeConfiguration"]["EventBridgeEnabled"])
        self.assertEqual(self.template["Resources"]["Results"]["DeletionPolicy"], "Retain")
        rules = {r["Id"]: r for r in bucket["LifecycleConfiguration"]["Rules"]}
        self.assertEqual(rules["results"]["ExpirationInDays"], {"Ref": "ResultDays"})
        data = self.template["Resources"]["LaunchTemplate"]["Properties"]["LaunchTemplateData"]
        self.assertEqual(data["MetadataOptions"]["HttpTokens"], "required")
        self.assertTrue(data["BlockDeviceMappings"][0]["Ebs"]["Encrypted"])

    def test_every_queue_is_for_tls_only(self):
        policies = stack.of_type(self.template, "AWS::SQS::QueuePolicy").values()
        covered = {q["Ref"] for p in policies for q in p["Queues"] if any(s["Sid"] == "TlsOnly" for s in p["PolicyDocument"]["Statement"])}
        self.assertEqual(covered, set(stack.of_type(self.template, "AWS::SQS::Queue")))

    def test_times_agree(self):
        default = {n: p.get("Default") for n, p in self.template["Parameters"].items()}
        self.assertLess(default["DrainSeconds"], default["HookSeconds"])
        resources = self.template["Resources"]
        self.assertGreaterEqual(resources["PushQueue"]["Properties"]["VisibilityTimeout"], 6 * resources["Push"]["Properties"]["Timeout"])
        wait = int(resources["Push"]["Properties"]["Environment"]["Variables"]["MAQUETTE_WAIT_SECONDS"])
        self.assertLess(wait, resources["Push"]["Properties"]["Timeout"])

    def test_scaling_arithmetic(self):
        policy = self.template["Resources"]["FollowBacklog"]["Properties"]["TargetTrackingConfiguration"]
        metrics = {m["Id"]: m for m in policy["CustomizedMetricSpecification"]["Metrics"]}
        self.assertEqual([i for i, m in metrics.items() if m["ReturnData"]], ["backlog"])
        self.assertEqual(metrics["backlog"]["Expression"], "(waiting + inhand) / IF(inservice > 0, inservice, 1)")
        wake = {m["Id"]: m for m in self.template["Resources"]["WakeUpAlarm"]["Properties"]["Metrics"]}
        self.assertEqual(wake["asleep"]["Expression"], "IF(FILL(desired, 0) < 1 AND FILL(waiting, 0) > 0, 1, 0)")


def user_data(template, **values):
    """The script that an instance runs at its first boot, with some values filled in."""
    text, names = template["Resources"]["LaunchTemplate"]["Properties"]["LaunchTemplateData"]["UserData"]["Fn::Base64"]["Fn::Sub"]
    values = {"AWS::Region": "eu-central-1", "AWS::StackName": "m", "Isolation": "processes", "DrainSeconds": "600", **values}
    unconditional = {name: value["Fn::If"][2] for name, value in names.items()}
    return re.sub(r"\$\{([A-Za-z:]+)\}", lambda m: {**unconditional, **values}.get(m[1], f"value-of-{m[1]}"), text)


class UserData(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.text = user_data(stack.load())

    def heredoc(self, mark):
        return re.search(rf"<<'{mark}'\n(.*?)\n{mark}\n", self.text, re.S)[1]

    def test_it_is_a_script_that_fits(self):
        self.assertLess(len(base64.b64encode(self.text.encode())), 16384)
        self.assertEqual(subprocess.run(["bash", "-n"], input=self.text, text=True).returncode, 0)
        json.loads(self.heredoc("AGENT"))

    def test_the_settings_are_settings(self):
        binary = pathlib.Path(os.environ.get("TEST_BINARY", stack.ROOT / "target/release/maquette"))
        if not binary.exists():
            self.skipTest(f"SKIPPED: no {binary}")
        with tempfile.NamedTemporaryFile("w", suffix=".toml") as file:
            file.write(self.heredoc("SETTINGS").replace("value-of-JobQueue", "https://sqs.eu-central-1.amazonaws.com/1/jobs").replace("value-of-DeadLetterQueue", "https://sqs.eu-central-1.amazonaws.com/1/dead"))
            file.flush()
            done = subprocess.run([binary, "serve", "--config", file.name, "--print-settings"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("isolation: Processes", done.stdout)


class Image(unittest.TestCase):
    def test_both_dockerfiles_make_the_same_image(self):
        tails = [(stack.ROOT / name).read_text().split("FROM ${RUNTIME_IMAGE}\n")[1] for name in ("Dockerfile", "deploy/docker/Dockerfile.prebuilt")]
        self.assertEqual(*tails)


class Manual(unittest.TestCase):
    def test_it_knows_every_command(self):
        binary = pathlib.Path(os.environ.get("TEST_BINARY", stack.ROOT / "target/release/maquette"))
        if not binary.exists():
            self.skipTest(f"SKIPPED: no {binary}")
        said = subprocess.run([binary, "--help"], capture_output=True, text=True, check=True).stdout
        commands = re.findall(r"^  ([a-z-]+)  ", said.split("Commands:")[1].split("Options:")[0], re.M)
        page = (stack.ROOT / "docs/man/maquette.1").read_text().replace("\\-", "-")
        self.assertGreater(len(commands), 5)
        self.assertEqual([c for c in commands if f".TP\n.B {c}\n" not in page], [])


class Scaling(unittest.TestCase):
    """The policy that deploy/scaling/try plays."""

    def setUp(self):
        spec = importlib.util.spec_from_file_location("policy", stack.ROOT / "deploy/scaling/policy.py")
        self.policy = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(self.policy)

    def test_it_is_the_stacks(self):
        policy = self.policy.Policy()
        self.assertEqual((policy.target, policy.least, policy.most), (12, 0, 4))

    def test_from_zero_and_back(self):
        policy = self.policy.Policy(target=10, least=0, most=3)
        self.assertEqual(policy.minute(0, 0, 0), 0)
        self.assertEqual(policy.minute(5, 0, 0), 1)
        # three minutes above bring what the backlog asks for, up to the cap
        self.assertEqual([policy.minute(50, 4, 1) for _ in range(3)], [1, 1, 3])
        # a quarter of an hour below takes them away, none before
        self.assertEqual([policy.minute(0, 0, 3) for _ in range(15)], [3] * 14 + [0])

    def test_jobs_in_hand_keep_their_instances(self):
        policy = self.policy.Policy(target=10, least=0, most=4)
        policy.desired = 2
        self.assertEqual([policy.minute(0, 19, 2) for _ in range(30)], [2] * 30)


if __name__ == "__main__":
    unittest.main(verbosity=2)
