namespace Leash.Enforcement.Tests.Harness;

/// <summary>A scratch workspace and operations on it by a supervised process.</summary>
internal sealed class Probe : IDisposable
{
    private static readonly Lazy<string> Program = new(() => NativeProgram.Compile("probe.c"));

    public Probe(params string[] files)
    {
        Workspace = Directory.CreateTempSubdirectory("leash-work-").FullName;
        foreach (string file in files)
        {
            string path = At(file);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, "content");
        }
    }

    public string Workspace { get; }

    /// <summary>What is permitted besides the programs themselves; <c>${workspace}</c> is the scratch directory.</summary>
    public string Policy { get; init; } = "";

    public bool HasPidNamespace { get; init; } = true;

    public Seccomp.EnforcementMode Mode { get; init; }

    public bool OnlyRefuses { get; init; }

    public bool CannotRecord { get; init; }

    /// <summary>A directory of the workspace that plays leash's own.</summary>
    public string? ProtectedDirectory { get; init; }

    public RunResult? Last { get; private set; }

    public string At(string relative) => Path.Combine(Workspace, relative);

    /// <summary>Runs one operation (words apart by spaces, <c>@x</c> is x in the workspace); its errno's name, or 0.</summary>
    public string Run(string operation) => RunAll(operation)[0];

    /// <summary>Runs several in one process.</summary>
    public string[] RunAll(params string[] operations)
    {
        List<string> words = [Program.Value];
        foreach (string operation in operations)
        {
            words.AddRange(operation.Split(' ').Select(word => word.Replace("@", Workspace + "/", StringComparison.Ordinal)));
            words.Add("--");
        }

        string basis = $$"""
            permit (principal, action == Action::"FileOpenReadOnly", resource)
              unless { resource in Dir::"{{Workspace}}" };
            permit (principal, action == Action::"ProcessExec", resource == File::"{{Program.Value}}");
            """;
        Last = new SupervisedRun
        {
            Policy = basis + "\n" + Policy,
            Workspace = Workspace,
            Directory = Workspace,
            HasPidNamespace = HasPidNamespace,
            Mode = Mode,
            OnlyRefuses = OnlyRefuses,
            CannotRecord = CannotRecord,
            ProtectedPaths = ProtectedDirectory is null ? [] : [At(ProtectedDirectory)],
        }.Run([.. words]);
        string[] lines = Last.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.True(lines.Length == operations.Length, Last.Output + Last.Errors + string.Join('\n', Last.Records));
        return [.. lines.Select(line => line[(line.IndexOf('=', StringComparison.Ordinal) + 1)..])];
    }

    public void Dispose() => Directory.Delete(Workspace, recursive: true);
}
