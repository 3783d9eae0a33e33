namespace Leash.Bench.Overhead;

/// <summary>Makes the trees that the workloads run on, below one workspace.</summary>
internal sealed class Workloads(string workspace)
{
    private const int Directories = 200;
    private const int FilesPerDirectory = 100;

    public string Micro { get; } = Directory.CreateDirectory(Path.Combine(workspace, "micro")).FullName;

    public string Git { get; } = Directory.CreateDirectory(Path.Combine(workspace, "tree")).FullName;

    public string Npm { get; } = Directory.CreateDirectory(Path.Combine(workspace, "npm")).FullName;

    public string Dotnet { get; } = Directory.CreateDirectory(Path.Combine(workspace, "dotnet")).FullName;

    public void MakeMicro()
    {
        File.WriteAllText(Path.Combine(Micro, "file"), "content");
        Shell.Run(Micro, ["gcc", "-O2", "-o", "micro", Path.Combine(AppContext.BaseDirectory, "micro.c")]);
    }

    public void MakeGit()
    {
        for (int d = 0; d < Directories; d++)
        {
            string directory = Directory.CreateDirectory(Path.Combine(Git, $"directory{d:000}")).FullName;
            for (int f = 0; f < FilesPerDirectory; f++)
            {
                File.WriteAllText(Path.Combine(directory, $"file{f:00}.txt"), $"{d} {f}");
            }
        }

        Shell.Run(Git, ["git", "init", "-q"]);
        Shell.Run(Git, ["git", "add", "."]);
        Shell.Run(Git, ["git", "-c", "user.name=bench", "-c", "user.email=bench@localhost", "commit", "-q", "-m", "tree"]);
    }

    /// <summary>
    /// A project with the 60-odd packages of express, each packed into a file, so that what is timed is npm's work on files and not
    /// a registry's answers.
    /// </summary>
    public void MakeNpm()
    {
        string source = Directory.CreateDirectory(Path.Combine(workspace, "npm-source")).FullName;
        string tarballs = Directory.CreateDirectory(Path.Combine(workspace, "npm-tarballs")).FullName;
        File.WriteAllText(Path.Combine(source, "package.json"), """{"name":"source","version":"1.0.0","dependencies":{"express":"4.21.2"}}""");
        Shell.Run(source, ["npm", "install", "--no-audit", "--no-fund"]);

        string modules = Path.Combine(source, "node_modules");
        string[] packages = [.. Directory.GetDirectories(modules).Where(d => File.Exists(Path.Combine(d, "package.json"))).Order(StringComparer.Ordinal)];
        Shell.Run(source, ["npm", "pack", "--silent", "--ignore-scripts", "--pack-destination", tarballs, .. packages]);

        string dependencies = string.Join(',', Directory.GetFiles(tarballs).Order(StringComparer.Ordinal).Select(Dependency));
        File.WriteAllText(Path.Combine(Npm, "package.json"), "{\"name\":\"bench\",\"version\":\"1.0.0\",\"dependencies\":{" + dependencies + "}}");
        Shell.Run(Npm, ["npm", "install", "--legacy-peer-deps", "--no-audit", "--no-fund", "--cache", "../npm-cache"]);
    }

    /// <summary><c>name-1.2.3.tgz</c> as an entry of package.json.</summary>
    private static string Dependency(string tarball)
    {
        string file = Path.GetFileNameWithoutExtension(tarball);
        string name = file[..file.LastIndexOf('-')];
        return $"\"{name}\":\"file:../npm-tarballs/{Path.GetFileName(tarball)}\"";
    }

    public void MakeDotnet()
    {
        Shell.Run(Dotnet, ["dotnet", "new", "console", "--force"]);
        Shell.Run(Dotnet, ["dotnet", "build", "--nologo", "-v", "q"]);
    }

    public IReadOnlyList<Measurement> All() =>
    [
        Measurement.Command("true (start-up)", 15, Micro, () => { }, "true"),
        Measurement.Loop("open+close", "open", 20_000, Micro),
        Measurement.Loop("stat", "stat", 100_000, Micro),
        Measurement.Loop("pread+pwrite", "rw", 100_000, Micro),
        Measurement.Loop("fork+exec", "exec", 300, Micro),
        Measurement.Loop("connect", "connect", 3_000, Micro),
        Measurement.Command("git status, 20,000 files", 5, Git, () => { }, "git", "status", "--porcelain"),
        Measurement.Command(
            "npm ci", 3, Npm, () => Directory.Delete(Path.Combine(Npm, "node_modules"), recursive: true),
            "npm", "ci", "--legacy-peer-deps", "--no-audit", "--no-fund", "--cache", "../npm-cache"),
        Measurement.Command(
            "dotnet build", 3, Dotnet, () => { },
            "dotnet", "build", "--nologo", "-v", "q", "--no-restore", "--no-incremental", "-nodeReuse:false", "-p:UseSharedCompilation=false"),
    ];
}
