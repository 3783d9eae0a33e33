namespace Cedar.Diagnostics;

/// <content>JSON forms.</content>
public static partial class CedarCodes
{
    public const string InvalidJson = "CEDAR0301";
    public const string JsonKind = "CEDAR0302";
    public const string UnknownJsonName = "CEDAR0303";
    public const string MissingJsonName = "CEDAR0304";
    public const string InvalidJsonValue = "CEDAR0305";
    public const string InvalidEntities = "CEDAR0306";
}
