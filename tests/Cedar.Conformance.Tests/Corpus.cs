using System.Formats.Tar;
using System.IO.Compression;
using System.Runtime.CompilerServices;

namespace Cedar.Conformance.Tests;

/// <summary>The files of one archive of published test cases, by their path in it.</summary>
internal sealed class Corpus
{
    private readonly Dictionary<string, byte[]> _files = new(StringComparer.Ordinal);

    private Corpus(Stream archive)
    {
        using var gzip = new GZipStream(archive, CompressionMode.Decompress);
        using var tar = new TarReader(gzip);
        while (tar.GetNextEntry() is { } entry)
        {
            if (entry.DataStream is not { } data)
            {
                continue;
            }

            using var copy = new MemoryStream();
            data.CopyTo(copy);
            _files[Normalize(entry.Name)] = copy.ToArray();
        }
    }

    public IEnumerable<string> Paths => _files.Keys;

    /// <summary>The archive beside the project, or a plain skip where there is none.</summary>
    public static Corpus OpenOrSkip(string name)
    {
        var path = Path.GetFullPath(Path.Combine(ProjectRoot(), "..", "shared", "corpora", name));
        Assert.SkipUnless(File.Exists(path), $"{name} is not in ../shared/corpora");
        using var file = File.OpenRead(path);
        return new Corpus(file);
    }

    public byte[] Read(string path) => _files[Normalize(path)];

    private static string Normalize(string path) => path.StartsWith("./", StringComparison.Ordinal) ? path[2..] : path;

    public static string ProjectRoot([CallerFilePath] string thisFile = "") =>
        Path.GetDirectoryName(Path.GetDirectoryName(Path.GetDirectoryName(thisFile)))!;
}
