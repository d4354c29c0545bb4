using System.CommandLine;
using DreamerActors.Hosting.Settings;

namespace DreamerActors.Host.Commands;

/// <summary>The options of a command that proves what was kept in another sandbox.</summary>
internal sealed class Elsewhere
{
    private readonly Option<string?> _image = new("--image") { Description = "Prove in containers of this Docker image, with the python3 that comes first in its path.", HelpName = "IMAGE" };
    private readonly Option<string?> _python = new("--python") { Description = "Prove with this interpreter, PREFIX/bin/python3, in bubblewrap.", HelpName = "PATH" };

    public void AddTo(Command command)
    {
        command.Options.Add(_image);
        command.Options.Add(_python);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_image) is not null && result.GetValue(_python) is not null)
                result.AddError("give --image or --python, not both");
            if (result.GetValue(_python) is { } python && !File.Exists(python))
                result.AddError($"--python {python} is not accepted: there is no such file");
        });
    }

    /// <summary>The settings with the sandbox that was asked for; the configured one when none was.</summary>
    public DreamerSettings In(ParseResult parsed, DreamerSettings settings) =>
        parsed.GetValue(_image) is { } image ? settings with { Sandbox = "docker", SandboxImage = image }
        : parsed.GetValue(_python) is { } python ? settings with { Sandbox = "bubblewrap", SandboxPython = Path.GetFullPath(python) }
        : settings;
}
