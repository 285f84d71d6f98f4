"""Where VS Code and the editors built from it keep their settings, extensions and version on each system.

Names of the folders: product.json of each product (`nameShort`, `dataFolderName`, `serverDataFolderName`); rules:
microsoft/vscode src/vs/platform/environment/node/userDataPath.ts and environmentService.ts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gopls_diag.world import World


@dataclass(frozen=True, slots=True)
class Product:
    """One editor of the family."""

    name: str
    label: str
    data_name: str
    """Folder below the system's place for application data; empty for servers."""
    dot_name: str
    """Folder in the home that holds `extensions` (and, for servers, `data`)."""
    programs: tuple[str, ...] = ()
    """Names of its installation folder, for the version."""

    @property
    def is_server(self) -> bool:
        """True for the half of a remote session that runs where gopls runs; the user's own settings are elsewhere."""
        return not self.data_name


PRODUCTS = (
    Product("vscode", "VS Code", "Code", ".vscode", ("code", "Visual Studio Code", "Microsoft VS Code")),
    Product(
        "vscode-insiders",
        "VS Code Insiders",
        "Code - Insiders",
        ".vscode-insiders",
        ("code-insiders", "Visual Studio Code - Insiders", "Microsoft VS Code Insiders"),
    ),
    Product("vscodium", "VSCodium", "VSCodium", ".vscode-oss", ("codium", "vscodium", "VSCodium")),
    Product("code-oss", "Code - OSS", "Code - OSS", ".vscode-oss", ("code-oss",)),
    Product("cursor", "Cursor", "Cursor", ".cursor", ("cursor", "Cursor")),
    Product("windsurf", "Windsurf", "Windsurf", ".windsurf", ("windsurf", "Windsurf")),
    Product("antigravity", "Antigravity", "Antigravity", ".antigravity", ("antigravity", "Antigravity")),
    Product("kiro", "Kiro", "Kiro", ".kiro", ("kiro", "Kiro")),
    Product("trae", "Trae", "Trae", ".trae", ("trae", "Trae")),
    Product("positron", "Positron", "Positron", ".positron", ("positron", "Positron")),
    Product("vscode-server", "VS Code (remote)", "", ".vscode-server"),
    Product("codespaces", "Codespaces", "", ".vscode-remote"),
    Product("vscode-server-insiders", "VS Code Insiders (remote)", "", ".vscode-server-insiders"),
    Product("vscodium-server", "VSCodium (remote)", "", ".vscodium-server"),
    Product("cursor-server", "Cursor (remote)", "", ".cursor-server"),
    Product("windsurf-server", "Windsurf (remote)", "", ".windsurf-server"),
    Product("code-server", "code-server", "", ".local/share/code-server"),
)


@dataclass(frozen=True, slots=True)
class Places:
    """Where one product keeps what we read."""

    user_folder: str
    """Holds settings.json, profiles, globalStorage; for a server, what `code serve-web` and code-server keep there."""
    machine_folder: str
    """Holds the settings.json of a remote machine; empty for a desktop editor."""
    extensions_folders: tuple[str, ...]


def application_data(world: World) -> str:
    """The folder in which programs keep a user's settings; empty when there is no home."""
    environment, home = world.environment, world.home
    if world.machine.os == "windows":
        return environment.get("APPDATA") or (world.join(home, "AppData", "Roaming") if home else "")
    if world.machine.os == "darwin":
        return world.join(home, "Library", "Application Support") if home else ""
    return environment.get("XDG_CONFIG_HOME") or (world.join(home, ".config") if home else "")


def places(world: World, product: Product) -> Places | None:
    """Where the product keeps its files, existing or not; None when there is no home."""
    home = world.home
    if not home:
        return None
    dotted = world.join(home, *product.dot_name.split("/"))
    if product.name == "code-server":
        data = world.environment.get("XDG_DATA_HOME") or world.join(home, ".local", "share")
        dotted = world.join(data, "code-server")
        return Places(world.join(dotted, "User"), world.join(dotted, "Machine"), (world.join(dotted, "extensions"),))
    if product.is_server:
        data = world.join(dotted, "data")
        extensions = (world.join(dotted, "extensions"),)
        return Places(world.join(data, "User"), world.join(data, "Machine"), extensions)
    portable = world.environment.get("VSCODE_PORTABLE", "") if product.name == "vscode" else ""
    if portable:
        user = world.join(portable, "user-data", "User")
        return Places(user, "", (world.join(portable, "extensions"),))
    data = application_data(world)
    if product.name == "vscode":
        data = world.environment.get("VSCODE_APPDATA") or data
    chosen = world.environment.get("VSCODE_EXTENSIONS", "") if product.name == "vscode" else ""
    extensions = (chosen or world.join(dotted, "extensions"),)
    return Places(world.join(data, product.data_name, "User"), "", extensions)


def flatpak_places(world: World) -> Places:
    """Where VS Code of Flatpak keeps its files."""
    folder = world.join(world.home, ".var", "app", "com.visualstudio.code")
    return Places(
        world.join(folder, "config", "Code", "User"), "", (world.join(folder, "data", "vscode", "extensions"),)
    )


def program_files(world: World, product: Product) -> Iterator[str]:
    """Where the package.json that tells the editor's version may be."""
    environment = world.environment
    for program in product.programs:
        if world.machine.os == "linux":
            for folder in ("/usr/share", "/usr/lib", "/opt", "/snap"):
                middle = ("current", "usr", "share", program) if folder == "/snap" else ()
                yield world.join(folder, program, *middle, "resources", "app", "package.json")
        elif world.machine.os == "darwin":
            for folder in ("/Applications", world.join(world.home, "Applications")):
                yield world.join(folder, f"{program}.app", "Contents", "Resources", "app", "package.json")
        else:
            local = environment.get("LOCALAPPDATA") or world.join(world.home, "AppData", "Local")
            system = environment.get("PROGRAMFILES", "C:\\Program Files")
            for folder in (world.join(local, "Programs"), system):
                yield world.join(folder, program, "resources", "app", "package.json")
