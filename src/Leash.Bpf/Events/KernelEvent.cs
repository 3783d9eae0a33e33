using Leash.Plan;

namespace Leash.Bpf.Events;

/// <summary>A checked sample: its fields and texts where they lie in the ring. Valid only as long as the sample is.</summary>
internal readonly ref struct KernelEvent
{
    private readonly ref readonly LeashEvent _fields;
    private readonly ReadOnlySpan<byte> _texts;

    /// <param name="fields">The fixed part.</param>
    /// <param name="texts">What follows it; at least as long as the three lengths together.</param>
    public KernelEvent(ref readonly LeashEvent fields, ReadOnlySpan<byte> texts)
    {
        _fields = ref fields;
        _texts = texts;
    }

    public ref readonly LeashEvent Fields => ref _fields;

    public EventKind Kind => _fields.kind;

    public EventVerdict Verdict => _fields.verdict;

    public EventReason Reason => _fields.reason;

    /// <summary>What was asked for; of a denial, what was missing.</summary>
    public PlanActionMask Actions => (PlanActionMask)_fields.actions;

    public ReadOnlySpan<byte> Path => _texts[.._fields.path_length];

    /// <summary>The other end of a rename or link; of an exec that happened, the script.</summary>
    public ReadOnlySpan<byte> Second => _texts.Slice(_fields.path_length, _fields.second_length);

    /// <summary>The strings of an exec from the first on, each ended by a NUL; the last may be cut.</summary>
    public ReadOnlySpan<byte> Arguments => _texts.Slice(_fields.path_length + _fields.second_length, (int)_fields.arguments_length);

    /// <summary>4 or 16 bytes of an endpoint.</summary>
    public ReadOnlySpan<byte> Address => ((ReadOnlySpan<byte>)_fields.address)[.._fields.address_length];
}
