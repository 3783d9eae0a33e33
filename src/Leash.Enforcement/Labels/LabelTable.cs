using System.Security.Cryptography;
using Leash.Interop;

namespace Leash.Enforcement.Labels;

/// <summary>
/// Labels by id, interned. The kernel carries the id for every process of the session in the soft RLIMIT_RTTIME, which children
/// inherit and exec keeps; the session's filter lets no process change it. The value is
/// <c>1 &lt;&lt; 62 | nonce (38 bits) &lt;&lt; 24 | id (24 bits)</c> microseconds of real-time CPU, so far away that it limits nothing.
/// </summary>
internal sealed class LabelTable
{
    private const int IdBits = 24;
    private const int MaxLabels = 1 << 20;
    private const ulong Marker = 1UL << 62;
    private const ulong NonceMask = (1UL << 38) - 1;

    private readonly Lock _gate = new();
    private readonly ulong _base;

    // Guarded by _gate.
    private readonly Dictionary<(int Principal, string Exe), Label> _byIdentity = [];

    // Replaced under _gate, read without: a reader sees an older array at worst, and then finds its id in it.
    private Label[] _labels = [];

    public LabelTable(int initialPrincipal)
    {
        ulong nonce = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))) & NonceMask;
        _base = Marker | (nonce << IdBits);
        Initial = Intern(initialPrincipal, [])!;
    }

    /// <summary>The command child's label until its first exec.</summary>
    public Label Initial { get; }

    /// <summary>The label for a principal class and executable. Null when the session has used up the table.</summary>
    public Label? Intern(int principal, ReadOnlySpan<byte> exe)
    {
        string key = System.Text.Encoding.Latin1.GetString(exe);
        lock (_gate)
        {
            if (_byIdentity.TryGetValue((principal, key), out Label? label))
            {
                return label;
            }

            if (_byIdentity.Count == MaxLabels)
            {
                return null;
            }

            label = new Label(_byIdentity.Count, principal, exe.ToArray());
            Label[] labels = _labels;
            if (label.Id == labels.Length)
            {
                Array.Resize(ref labels, Math.Max(64, labels.Length * 2));
            }

            labels[label.Id] = label;
            Volatile.Write(ref _labels, labels);
            _byIdentity.Add((principal, key), label);
            return label;
        }
    }

    /// <summary>The limit's value for a label.</summary>
    public ulong Encode(Label label) => _base | (uint)label.Id;

    /// <summary>The label that a limit's value stands for, or null when the process does not belong to this session.</summary>
    public Label? Decode(ulong value)
    {
        const ulong idMask = (1UL << IdBits) - 1;
        Label[] labels = Volatile.Read(ref _labels);
        ulong id = value & idMask;
        return (value & ~idMask) == _base && id < (ulong)labels.Length ? labels[id] : null;
    }

    /// <summary>Reads a process's label; null when it has none of this session's or is gone.</summary>
    public Label? Read(int pid) => ResourceLimit.ReadSoft(pid, ResourceLimit.RLIMIT_RTTIME, out ulong value) ? Decode(value) : null;

    /// <summary>Gives a process a label. Returns 0 or minus an errno.</summary>
    public int Write(int pid, Label label) => ResourceLimit.WriteSoft(pid, ResourceLimit.RLIMIT_RTTIME, Encode(label));
}
