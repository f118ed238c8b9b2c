"""The stack deployed on moto, which can enforce IAM, and the credentials of its workers."""
import ast
import contextlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest
import urllib.request

import stack

MOTO = pathlib.Path(sys.executable).parent / "moto_server"
BINARY = pathlib.Path(os.environ.get("TEST_BINARY", stack.ROOT / "target/release/maquette"))
REGION = "eu-central-1"
# moto's CloudFormation knows these of the stack's types
MADE = {
    "AWS::SQS::Queue", "AWS::S3::Bucket", "AWS::IAM::Role", "AWS::IAM::Policy", "AWS::IAM::InstanceProfile", "AWS::IAM::ManagedPolicy", "AWS::EC2::SecurityGroup",
    "AWS::EC2::SecurityGroupIngress", "AWS::EC2::VPCEndpoint", "AWS::EC2::LaunchTemplate", "AWS::AutoScaling::AutoScalingGroup", "AWS::SNS::Topic", "AWS::Logs::LogGroup",
}


class OnMoto(unittest.TestCase):
    """Tests on a stack of their own."""

    @classmethod
    def setUpClass(cls):
        import boto3

        cls.folder = tempfile.TemporaryDirectory()
        port = stack.free_port()
        cls.url = f"http://127.0.0.1:{port}"
        # moto looks the AMI's parameter up among its own
        cls.log = open(pathlib.Path(cls.folder.name) / "moto.log", "w")
        cls.moto = subprocess.Popen([MOTO, "-H", "127.0.0.1", "-p", str(port)], stdout=cls.log, stderr=subprocess.STDOUT)
        cls.addClassCleanup(cls.close)
        stack.wait_for_port(port)
        cls.boto3 = boto3
        cls.root = dict(region_name=REGION, endpoint_url=cls.url, aws_access_key_id="test", aws_secret_access_key="test")
        ec2 = boto3.client("ec2", **cls.root)
        parameters = {
            "VpcId": ec2.describe_vpcs()["Vpcs"][0]["VpcId"],
            "SubnetIds": ",".join(s["SubnetId"] for s in ec2.describe_subnets()["Subnets"]),
            "RouteTableIds": ec2.describe_route_tables()["RouteTables"][0]["RouteTableId"],
            "AdminCidr": "203.0.113.7/32",
            "PackageUri": "s3://releases/maquette.tar.gz",
        }
        cls.outputs = stack.deploy(boto3.client("cloudformation", **cls.root), "m", stack.only(stack.load(), MADE), parameters)
        boto3.client("s3", **cls.root).create_bucket(Bucket="other", CreateBucketConfiguration={"LocationConstraint": REGION})
        cls.other_queue = boto3.client("sqs", **cls.root).create_queue(QueueName="other")["QueueUrl"]

    @classmethod
    def close(cls):
        cls.moto.kill()
        cls.moto.wait(10)
        cls.log.close()
        cls.folder.cleanup()

    def setUp(self):
        self.enforce(False)

    def enforce(self, on):
        """IAM from now on, or not: moto counts the calls that it lets through before it asks."""
        calls = b"0" if on else b"1000000"
        urllib.request.urlopen(urllib.request.Request(f"{self.url}/moto-api/reset-auth", data=calls, headers={"Content-Type": "text/plain"}, method="POST")).close()

    def worker(self):
        """Credentials of the workers' role. moto's CloudFormation keeps policies in a form that its own IAM cannot read: they are put again as JSON."""
        iam = self.boto3.client("iam", **self.root)
        role = next(r for r in iam.list_roles()["Roles"] if "WorkerRole" in r["RoleName"])
        for policy in iam.list_role_policies(RoleName=role["RoleName"])["PolicyNames"]:
            document = iam.get_role_policy(RoleName=role["RoleName"], PolicyName=policy)["PolicyDocument"]
            document = ast.literal_eval(document) if isinstance(document, str) else document
            iam.put_role_policy(RoleName=role["RoleName"], PolicyName=policy, PolicyDocument=json.dumps(document))
        keys = self.boto3.client("sts", **self.root).assume_role(RoleArn=role["Arn"], RoleSessionName="i-1")["Credentials"]
        return dict(aws_access_key_id=keys["AccessKeyId"], aws_secret_access_key=keys["SecretAccessKey"], aws_session_token=keys["SessionToken"])

    @contextlib.contextmanager
    def daemon(self, keys, settings):
        """The real daemon at the stack's queue and bucket, with these credentials and IAM enforced. Ends well, and was denied nothing, by the log of which the path is given."""
        settings = {
            "queue.url": self.outputs["QueueUrl"], "queue.endpoint": self.url, "queue.wait_seconds": "1", "store.bucket": self.outputs["Bucket"], "store.endpoint": self.url,
            "store.path_style": "true", "log.format": "json", **settings,
        }
        environment = {**os.environ, **{k.upper(): v for k, v in keys.items()}, "AWS_REGION": REGION, "AWS_EC2_METADATA_DISABLED": "true"}
        path = pathlib.Path(self.folder.name) / "daemon.log"
        self.enforce(True)
        with open(path, "w") as log:
            daemon = subprocess.Popen([BINARY, "serve", *(a for k, v in settings.items() for a in ("--set", f"{k}={v}"))], env=environment, stdout=log, stderr=log)
            try:
                yield path
            finally:
                daemon.terminate()
                self.assertEqual(daemon.wait(30), 0)
                self.enforce(False)
        self.assertNotIn("AccessDenied", path.read_text())
