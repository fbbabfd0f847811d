"""Where the repository is, and the files in it that more than one program names."""

from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
"""The root of the repository; everything that reads or writes a file of it begins here."""
TEMPLATE: Final = ROOT / "template.yaml"
SAM_CONFIG: Final = ROOT / "samconfig.toml"
LAYER: Final = ROOT / "layers" / "sms_gateway"
LAYER_SOURCE: Final = LAYER / "src"
"""What has to be on the path of a program that imports `sms_gateway`."""
CLIENT: Final = ROOT / "clients" / "python"
CLIENT_SOURCE: Final = CLIENT / "src"
"""What has to be on the path of a program that imports `sms_gateway_client`."""
LOCAL_FILES: Final = ROOT / ".local"
"""What programs write on this machine: logs, the local stack's build, `STACK_FILE`. Not in git."""
STACK_FILE: Final = LOCAL_FILES / "stack.json"
"""Where the local stack is; there as long as `make run` is running."""
