using System.Runtime.CompilerServices;
using Cedar.Syntax;

namespace Cedar.Tests.PublicApi;

/// <summary>
/// What others can call is written down in PublicApi.txt, so that no change of it goes unnoticed. After an intended change run the test with
/// <c>UPDATE_SNAPSHOTS=1</c> and commit the file.
/// </summary>
public sealed class PublicApiTests
{
    [Fact]
    public void PublicApi_IsAsWrittenDown()
    {
        var path = Path.Join(Path.GetDirectoryName(ThisFile()), "PublicApi.txt");
        var actual = ApiText.Of(typeof(CedarParser).Assembly);
        if (Environment.GetEnvironmentVariable("UPDATE_SNAPSHOTS") == "1")
        {
            File.WriteAllText(path, actual);
        }

        var expected = File.Exists(path) ? File.ReadAllText(path) : "";
        var added = actual.Split('\n').Except(expected.Split('\n'), StringComparer.Ordinal);
        var removed = expected.Split('\n').Except(actual.Split('\n'), StringComparer.Ordinal);
        Assert.True(
            expected == actual, $"the public API changed\n+ {string.Join("\n+ ", added)}\n- {string.Join("\n- ", removed)}");
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
