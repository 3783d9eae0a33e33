using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Net;

namespace Leash.Gateway.Dns;

/// <summary>
/// Which names an address was learnt under, so that a connect to an address can be decided by host name. Bounded: the address used longest ago goes first.
/// Thread-safe.
/// </summary>
public sealed class NameTable(TimeProvider time, int capacity = NameTable.DefaultCapacity)
{
    public const int DefaultCapacity = 65_536;

    /// <summary>Shared hosting puts many names on one address; the oldest binding goes first.</summary>
    public const int MaxNamesPerAddress = 64;

    /// <summary>
    /// A binding lives at least this long whatever the record's TTL: programs connect well after they resolved (connection pools, retries, runtimes with caches of their own).
    /// </summary>
    public static readonly TimeSpan MinimumLifetime = TimeSpan.FromHours(1);

    private readonly record struct Binding(string Name, long Expires, bool Pinned);

    private sealed class Entry(UInt128 key)
    {
        public UInt128 Key { get; } = key;

        public List<Binding> Bindings { get; } = [];
    }

    private readonly Lock _gate = new();
    // Guarded by _gate; the list runs from the most to the least recently used.
    private readonly Dictionary<UInt128, LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _order = new();
    // Guarded by _gate.
    private Action<IPAddress, IReadOnlyList<KnownName>>? _observer;

    /// <summary>How many addresses are known now.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _entries.Count;
            }
        }
    }

    /// <summary>Remembers that <paramref name="name"/> was answered with <paramref name="address"/>.</summary>
    public void Learn(string name, IPAddress address, TimeSpan lifetime) =>
        Add(address, new Binding(name, time.GetTimestamp() + ToTicks(lifetime > MinimumLifetime ? lifetime : MinimumLifetime), Pinned: false));

    /// <summary>Remembers a binding from the machine's own configuration for the whole session.</summary>
    public void Pin(string name, IPAddress address) => Add(address, new Binding(name, long.MaxValue, Pinned: true));

    /// <summary>
    /// Tells all names of an address now, and again whenever one is learnt, before whoever asked has the answer. Called under the table's lock.
    /// </summary>
    public void Observe(Action<IPAddress, IReadOnlyList<KnownName>> observer)
    {
        lock (_gate)
        {
            _observer = observer;
            foreach (var entry in _order)
            {
                Tell(entry);
            }
        }
    }

    /// <summary>The live names of <paramref name="address"/>, lower case, newest last; a v4-mapped IPv6 address is its IPv4 address.</summary>
    public ImmutableArray<string> NamesFor(IPAddress address)
    {
        var now = time.GetTimestamp();
        lock (_gate)
        {
            if (!_entries.TryGetValue(KeyOf(address), out var node))
            {
                return [];
            }

            var bindings = node.Value.Bindings;
            bindings.RemoveAll(binding => binding.Expires <= now);
            if (bindings.Count == 0)
            {
                Remove(node);
                return [];
            }

            Touch(node);
            var names = ImmutableArray.CreateBuilder<string>(bindings.Count);
            foreach (var binding in bindings)
            {
                names.Add(binding.Name);
            }

            return names.MoveToImmutable();
        }
    }

    private void Add(IPAddress address, Binding binding)
    {
        var key = KeyOf(address);
        lock (_gate)
        {
            if (!_entries.TryGetValue(key, out var node))
            {
                Evict();
                node = _order.AddFirst(new Entry(key));
                _entries.Add(key, node);
            }
            else
            {
                Touch(node);
            }

            var bindings = node.Value.Bindings;
            var known = bindings.FindIndex(other => string.Equals(other.Name, binding.Name, StringComparison.Ordinal));
            if (known >= 0)
            {
                var pinned = bindings[known].Pinned;
                bindings.RemoveAt(known);
                binding = pinned ? binding with { Expires = long.MaxValue, Pinned = true } : binding;
            }
            else if (bindings.Count == MaxNamesPerAddress)
            {
                var oldest = bindings.FindIndex(other => !other.Pinned);
                if (oldest < 0)
                {
                    return;
                }

                bindings.RemoveAt(oldest);
            }

            bindings.Add(binding);
            Tell(node.Value);
        }
    }

    private void Tell(Entry entry)
    {
        if (_observer is null)
        {
            return;
        }

        var now = time.GetTimestamp();
        _observer(AddressOf(entry.Key), [.. entry.Bindings.Where(binding => binding.Expires > now).Select(binding => new KnownName(
            binding.Name, binding.Pinned ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds((double)(binding.Expires - now) / time.TimestampFrequency)))]);
    }

    private void Evict()
    {
        while (_entries.Count >= capacity && _order.Last is { } last)
        {
            Remove(last);
        }
    }

    private void Touch(LinkedListNode<Entry> node)
    {
        _order.Remove(node);
        _order.AddFirst(node);
    }

    private void Remove(LinkedListNode<Entry> node)
    {
        _order.Remove(node);
        _entries.Remove(node.Value.Key);
    }

    private long ToTicks(TimeSpan span) => (long)(span.TotalSeconds * time.TimestampFrequency);

    private static UInt128 KeyOf(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var length);
        return length == 4
            ? ((UInt128)0xFFFF << 32) | BinaryPrimitives.ReadUInt32BigEndian(bytes)
            : BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    private static IPAddress AddressOf(UInt128 key)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, key);
        var address = new IPAddress(bytes);
        return address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
    }
}

/// <summary>A name that an address was learnt under.</summary>
/// <param name="Name">Lower case.</param>
/// <param name="Remaining">How long it still holds; infinite for the machine's own configuration.</param>
public readonly record struct KnownName(string Name, TimeSpan Remaining);
