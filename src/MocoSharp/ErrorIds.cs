namespace MocoSharp;

/// <summary>The ids of this library's errors: MS2xxx recipes, MS4xxx runs and checkpoints, MS5xxx evaluation.</summary>
public static class ErrorIds
{
    /// <summary>A setting's value is out of its range or does not fit another one.</summary>
    public const string Option = "MS2102";

    /// <summary>A recipe names an encoder that is not registered.</summary>
    public const string UnknownEncoder = "MS2101";

    /// <summary>A weights file does not say which encoder it holds.</summary>
    public const string NotAnEncoder = "MS4010";
}
