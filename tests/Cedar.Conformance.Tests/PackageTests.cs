using System.Diagnostics;
using System.IO.Compression;

namespace Cedar.Conformance.Tests;

/// <summary>The library as others take it: packed, restored from a folder and used by a program that knows nothing of this repository.</summary>
public sealed class PackageTests
{
    private const string Consumer = """
        using Cedar.Authorization;
        using Cedar.Evaluation;
        using Cedar.Syntax;
        using Cedar.Values;

        var parsed = CedarParser.Parse(new SourceText("permit (principal == User::\"alice\", action, resource in Album::\"trip\");"));
        var photo = new EntityUid("Photo", "sea.jpg");
        var entities = new EntityStore(new Entity(photo, RecordValue.Empty, [new EntityUid("Album", "trip")]));
        foreach (var user in new[] { "alice", "bob" })
        {
            var request = new Request(new EntityUid("User", user), new EntityUid("Action", "view"), photo, RecordValue.Empty);
            var response = Authorizer.Authorize(new PolicySet(parsed.Policies), request, entities);
            System.Console.WriteLine($"{user}: {response.Decision} [{string.Join(", ", response.Determining)}]");
        }
        """;

    [Fact]
    public async Task Pack_MakesAPackageThatAnotherProgramUses()
    {
        var place = Directory.CreateTempSubdirectory("cedar-package-").FullName;
        try
        {
            var library = Path.Join(Corpus.ProjectRoot(), "src", "Cedar");
            await Dotnet(place, "pack", library, "-c", "Release", "-o", Path.Join(place, "feed"), $"-p:ArtifactsPath={place}/build");
            var package = Assert.Single(Directory.GetFiles(Path.Join(place, "feed"), "*.nupkg"));
            Assert.Equal(["README.md", "lib/net10.0/Cedar.dll", "lib/net10.0/Cedar.xml"], ContentOf(package));

            var consumer = Directory.CreateDirectory(Path.Join(place, "consumer")).FullName;
            await File.WriteAllTextAsync(Path.Join(consumer, "Program.cs"), Consumer, TestContext.Current.CancellationToken);
            await File.WriteAllTextAsync(
                Path.Join(consumer, "Consumer.csproj"),
                """
                <Project Sdk="Microsoft.NET.Sdk">
                  <PropertyGroup>
                    <OutputType>Exe</OutputType>
                    <TargetFramework>net10.0</TargetFramework>
                    <RestorePackagesPath>packages</RestorePackagesPath>
                  </PropertyGroup>
                  <ItemGroup>
                    <PackageReference Include="Leash.Cedar" Version="*" />
                  </ItemGroup>
                </Project>
                """,
                TestContext.Current.CancellationToken);
            await Dotnet(consumer, "restore", "--source", Path.Join(place, "feed"));
            var output = await Dotnet(consumer, "run", "--no-restore");
            Assert.Equal("alice: Allow [policy0]\nbob: Deny []\n", output);
        }
        finally
        {
            Directory.Delete(place, recursive: true);
        }
    }

    private static List<string> ContentOf(string package)
    {
        using var archive = ZipFile.OpenRead(package);
        return [.. archive.Entries.Select(entry => entry.FullName).Where(name => name.StartsWith("lib/", StringComparison.Ordinal) || name == "README.md").Order(StringComparer.Ordinal)];
    }

    private static async Task<string> Dotnet(string directory, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments)
        {
            WorkingDirectory = directory, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true,
            UseShellExecute = false,
        };
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment.Remove("ArtifactsPath");
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, $"dotnet {string.Join(' ', arguments)}: exit {process.ExitCode}\n{output}\n{await error}");
        return output;
    }
}
