namespace Leash.Enforcement.Exec;

/// <summary>What an exec was decided to start: the named file and, when it is a script, its interpreters.</summary>
internal sealed class ExecPlan
{
    /// <summary>Canonical paths: the file named, then each interpreter; the last one is the binary that will run.</summary>
    public List<byte[]> Chain { get; } = [];

    /// <summary>Arguments that interpreters put before the caller's own: their names, optional arguments, and the script.</summary>
    public int PrefixCount { get; set; }

    /// <summary>The last file is an ELF binary, so the kernel can start nothing else in its place.</summary>
    public bool IsElf { get; set; }

    /// <summary>The caller's arguments as they were copied.</summary>
    public ArgumentVector Arguments { get; } = new();

    public bool IsScript => Chain.Count > 1;

    public byte[] File => Chain[0];

    public byte[] Binary => Chain[^1];

    public void Clear()
    {
        Chain.Clear();
        Arguments.Clear();
        PrefixCount = 0;
        IsElf = false;
    }
}
