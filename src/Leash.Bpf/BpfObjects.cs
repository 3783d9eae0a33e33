namespace Leash.Bpf;

/// <summary>The compiled kernel programs, which this assembly carries.</summary>
internal static class BpfObjects
{
    /// <summary>The objects that are attached, in a fixed order; not those for tests.</summary>
    public static IReadOnlyList<string> Attached { get; } =
    [
        .. typeof(BpfObjects).Assembly.GetManifestResourceNames()
            .Where(n => n.EndsWith(".bpf.o", StringComparison.Ordinal) && !n.EndsWith("test.bpf.o", StringComparison.Ordinal)).Order(StringComparer.Ordinal),
    ];

    /// <summary>The bytes of an ELF object.</summary>
    /// <param name="name">Its file name, <c>leash_test.bpf.o</c>.</param>
    /// <exception cref="ArgumentException">There is none of that name.</exception>
    public static byte[] Read(string name)
    {
        using var stream = typeof(BpfObjects).Assembly.GetManifestResourceStream(name)
            ?? throw new ArgumentException($"no object `{name}` is embedded", nameof(name));
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }
}
