namespace MocoSharp;

/// <summary>The ids of this library's errors: MS2xxx recipes, MS4xxx runs and checkpoints, MS5xxx evaluation.</summary>
public static class ErrorIds
{
    /// <summary>A setting's value is out of its range or does not fit another one.</summary>
    public const string Option = "MS2102";

    /// <summary>A recipe names an encoder that is not registered.</summary>
    public const string UnknownEncoder = "MS2101";

    /// <summary>A new run's folder has something in it.</summary>
    public const string RunExists = "MS4001";

    /// <summary>A run's folder cannot be made or written.</summary>
    public const string RunUnwritable = "MS4002";

    /// <summary>A folder holds no run, or not a whole one.</summary>
    public const string NoRun = "MS4003";

    /// <summary>Another process works in the run.</summary>
    public const string RunLocked = "MS4004";

    /// <summary>A checkpoint cannot be written.</summary>
    public const string CheckpointUnwritable = "MS4005";

    /// <summary>A checkpoint, or every one, is damaged.</summary>
    public const string CheckpointDamaged = "MS4006";

    /// <summary>Pictures, threads or precision are not those of the run.</summary>
    public const string ResumeDiffers = "MS4007";

    /// <summary>The loss became infinite or not a number.</summary>
    public const string LossNotFinite = "MS4008";

    /// <summary>A weights file does not say which encoder it holds.</summary>
    public const string NotAnEncoder = "MS4010";
}
