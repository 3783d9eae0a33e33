using Leash.Interop;

namespace Leash.Benchmarks.Hook;

/// <summary>A file, open, whose path has a given length and depth.</summary>
internal sealed class OpenedFile : IDisposable
{
    private readonly string _top;

    /// <param name="length">Bytes of its path.</param>
    /// <param name="depth">Components of its path.</param>
    public OpenedFile(int length, int depth)
    {
        _top = Directory.CreateDirectory($"/tmp/leash-hook-{length}").FullName;
        int below = depth - 2, room = length - _top.Length - below;
        IEnumerable<string> names = Enumerable.Range(0, below).Select(i => new string('n', (room / below) + (i < room % below ? 1 : 0)));
        Path = System.IO.Path.Join([_top, .. names]);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
        File.WriteAllText(Path, "");
        Descriptor = Descriptors.Open(Path, OpenFlags.O_RDONLY);
    }

    public string Path { get; }

    public int Descriptor { get; }

    public void Dispose()
    {
        Interop.Kernel.Close(Descriptor);
        Directory.Delete(_top, recursive: true);
    }
}
