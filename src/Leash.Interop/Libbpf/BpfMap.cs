using System.Runtime.InteropServices;

namespace Leash.Interop.Libbpf;

/// <summary>A map in the kernel. Keys and values are checked against its sizes, because the kernel copies by its own.</summary>
internal sealed unsafe class BpfMap : IDisposable
{
    internal BpfMap(MapFd descriptor)
    {
        Descriptor = descriptor;
        try
        {
            BpfMapInfo info = BpfInfo.Get<BpfMapInfo>(descriptor);
            (Type, Name, Id) = (info.type, info.name.ToString(), info.id);
            (KeySize, MaxEntries) = ((int)info.key_size, info.max_entries);
            ValueSize = (int)ValueBytes(info);
        }
        catch
        {
            descriptor.Dispose();
            throw;
        }
    }

    public MapFd Descriptor { get; }

    public BpfMapType Type { get; }

    public string Name { get; }

    public uint Id { get; }

    public int KeySize { get; }

    /// <summary>Bytes that a look-up copies: with one value per possible CPU, all of them, each rounded up to 8 bytes.</summary>
    public int ValueSize { get; }

    public uint MaxEntries { get; }

    public static BpfMap OpenPinned(string path) =>
        new(new MapFd(LibbpfCalls.Check(LibbpfCalls.bpf_obj_get(path), $"open the pinned map `{path}`")));

    /// <summary>A map by its number, as maps of maps name theirs.</summary>
    public static BpfMap OpenById(uint id) =>
        new(new MapFd(LibbpfCalls.Check(LibbpfCalls.bpf_map_get_fd_by_id(id), "open a map by its id")));

    /// <param name="type">The kind.</param>
    /// <param name="name">At most 15 bytes.</param>
    /// <param name="keySize">0 where the kind has no keys.</param>
    /// <param name="valueSize">0 where the kind has no values.</param>
    /// <param name="maxEntries">Entries; bytes of a ring buffer.</param>
    /// <param name="flags">How it is made.</param>
    /// <param name="inner">The shape of the inner maps of a map of maps.</param>
    public static BpfMap Create(
        BpfMapType type, string name, int keySize, int valueSize, uint maxEntries, BpfMapFlags flags = default, BpfMap? inner = null)
    {
        BpfMapCreateOptions options = new()
        {
            sz = (nuint)sizeof(BpfMapCreateOptions),
            map_flags = (uint)flags,
            inner_map_fd = inner is null ? 0 : (uint)inner.Descriptor.Number,
        };

        int result = LibbpfCalls.bpf_map_create(type, name, (uint)keySize, (uint)valueSize, maxEntries, &options);
        GC.KeepAlive(inner);
        return new BpfMap(new MapFd(LibbpfCalls.Check(result, $"create the map `{name}`")));
    }

    public void Pin(string path) => LibbpfCalls.Check(LibbpfCalls.bpf_obj_pin(Descriptor, path), $"pin the map `{Name}`");

    /// <summary>False when there is no such key.</summary>
    public bool TryLookup(ReadOnlySpan<byte> key, Span<byte> value)
    {
        CheckSizes(key, value);

        // SAFETY: the sizes are the map's.
        fixed (byte* keyPointer = key)
        fixed (byte* valuePointer = value)
        {
            return IsFound(LibbpfCalls.bpf_map_lookup_elem(Descriptor, keyPointer, valuePointer), "look up in");
        }
    }

    public bool TryLookup<TKey, TValue>(TKey key, out TValue value)
        where TKey : unmanaged
        where TValue : unmanaged
    {
        value = default;
        return TryLookup(Bytes(ref key), MemoryMarshal.AsBytes(new Span<TValue>(ref value)));
    }

    public void Update(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, BpfUpdate flags = BpfUpdate.BPF_ANY)
    {
        CheckSizes(key, value);

        // SAFETY: the sizes are the map's.
        fixed (byte* keyPointer = key)
        fixed (byte* valuePointer = value)
        {
            LibbpfCalls.Check(LibbpfCalls.bpf_map_update_elem(Descriptor, keyPointer, valuePointer, (ulong)flags), $"update the map `{Name}`");
        }
    }

    public void Update<TKey, TValue>(TKey key, in TValue value, BpfUpdate flags = BpfUpdate.BPF_ANY)
        where TKey : unmanaged
        where TValue : unmanaged =>
        Update(Bytes(ref key), MemoryMarshal.AsBytes(new ReadOnlySpan<TValue>(in value)), flags);

    /// <summary>Puts a map into a map of maps. Returns when no program uses the one before any more.</summary>
    public void SetInner(uint key, BpfMap inner)
    {
        Update(key, inner.Descriptor.Number);
        GC.KeepAlive(inner);
    }

    /// <summary>False when there is no such key.</summary>
    public bool Delete(ReadOnlySpan<byte> key)
    {
        CheckSize(key.Length, KeySize, nameof(key));

        // SAFETY: the size is the map's.
        fixed (byte* keyPointer = key)
        {
            return IsFound(LibbpfCalls.bpf_map_delete_elem(Descriptor, keyPointer), "delete from");
        }
    }

    public bool Delete<TKey>(TKey key)
        where TKey : unmanaged => Delete(Bytes(ref key));

    /// <summary>The keys at this moment, in the map's own order.</summary>
    public List<TKey> Keys<TKey>()
        where TKey : unmanaged
    {
        CheckSize(sizeof(TKey), KeySize, nameof(TKey));
        List<TKey> keys = [];
        TKey key = default;

        // SAFETY: both point at locals of the key's size; null asks for the first.
        TKey next;
        while (IsFound(LibbpfCalls.bpf_map_get_next_key(Descriptor, keys.Count == 0 ? null : (byte*)&key, (byte*)&next), "walk")
            && keys.Count < MaxEntries)
        {
            keys.Add(key = next);
        }

        return keys;
    }

    public void Dispose() => Descriptor.Dispose();

    private static ReadOnlySpan<byte> Bytes<T>(ref T value)
        where T : unmanaged => MemoryMarshal.AsBytes(new ReadOnlySpan<T>(ref value));

    private static uint ValueBytes(BpfMapInfo info) => info.type switch
    {
        BpfMapType.BPF_MAP_TYPE_PERCPU_ARRAY or BpfMapType.BPF_MAP_TYPE_PERCPU_HASH or BpfMapType.BPF_MAP_TYPE_LRU_PERCPU_HASH =>
            (info.value_size + 7) / 8 * 8 * (uint)LibbpfCalls.Check(LibbpfCalls.libbpf_num_possible_cpus(), "count CPUs"),
        _ => info.value_size,
    };

    private bool IsFound(int result, string operation)
    {
        if (result == -Errno.ENOENT)
        {
            return false;
        }

        LibbpfCalls.Check(result, $"{operation} the map `{Name}`");
        return true;
    }

    private void CheckSizes(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        CheckSize(key.Length, KeySize, nameof(key));
        CheckSize(value.Length, ValueSize, nameof(value));
    }

    private void CheckSize(int size, int expected, string name)
    {
        if (size != expected)
        {
            throw new ArgumentException($"the map `{Name}` has {expected} bytes there, not {size}", name);
        }
    }
}
