namespace MocoSharp.Torch;

/// <summary>libtorch refused an operation, or a tensor has the wrong form. Says what, where and how to fix it.</summary>
public class TorchException : MocoException
{
    private string? _within;

    /// <summary>Makes an error.</summary>
    /// <param name="id">Its stable id, MS1xxx; see <see cref="TorchErrorIds"/>.</param>
    /// <param name="what">What is wrong, with operator, values and shapes.</param>
    /// <param name="at">The file or other place, where it is not a module.</param>
    /// <param name="fix">How to fix it.</param>
    /// <param name="inner">The cause, where there is one.</param>
    public TorchException(string id, string what, string? at = null, string? fix = null, Exception? inner = null)
        : base(id, what, at, fix, inner)
    {
    }

    /// <summary>Where it happened: the module's path (<c>query.encoder.conv1</c>) or a file.</summary>
    public override string? At => _within is null || base.At is null ? _within ?? base.At : $"{_within}.{base.At}";

    /// <summary>An exception filter that never catches: it only puts an enclosing module's name before the place.</summary>
    internal bool Within(string module)
    {
        _within = _within is null ? module : $"{module}.{_within}";
        return false;
    }
}

/// <summary>The ids of this library's errors.</summary>
public static class TorchErrorIds
{
    /// <summary>An operator refused its arguments.</summary>
    public const string Operator = "MS1001";

    /// <summary>A call of the bridge that is no operator failed.</summary>
    public const string NativeCall = "MS1002";

    /// <summary>The bridge library cannot be loaded.</summary>
    public const string BridgeMissing = "MS1003";

    /// <summary>A package has no bridge for the libtorch that is installed, or none is.</summary>
    public const string NoLibtorch = "MS5245";

    /// <summary>A tensor has another shape or type than the call needs.</summary>
    public const string Shape = "MS1004";

    /// <summary>A tensor was used after it was disposed.</summary>
    public const string Disposed = "MS1005";

    /// <summary>The device is not there.</summary>
    public const string Device = "MS1006";

    /// <summary>A safetensors file is damaged or of another form.</summary>
    public const string Safetensors = "MS1007";

    /// <summary>Weights do not fit the module: a name is missing, unknown, or its shape differs.</summary>
    public const string Weights = "MS1008";

    /// <summary>A file of kernel choices cannot be read, or has none for this machine.</summary>
    public const string KernelChoices = "MS1009";

    /// <summary>A file of another program's tensors is damaged, or of a form that is not read.</summary>
    public const string ForeignFile = "MS5191";

    /// <summary>A file asks for objects of a program, and only tensors and plain containers are read.</summary>
    public const string ForeignObject = "MS5192";

    /// <summary>This libtorch has no ranks.</summary>
    public const string NoRanks = "MS5260";

    /// <summary>Rank 0 was not found, its port is taken, or it has gone.</summary>
    public const string NoStore = "MS5261";

    /// <summary>The ranks cannot reach each other.</summary>
    public const string NoGroup = "MS5262";

    /// <summary>Another rank has ended, or did not come in time.</summary>
    public const string RankLost = "MS5263";
}
