namespace Cedar.Values;

/// <summary>A value of an extension type (Cedar spec, "Extension types"). Each kind parses its own strict string form.</summary>
public abstract record ExtensionValue : Value
{
    private protected ExtensionValue()
    {
    }
}
