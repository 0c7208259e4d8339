using System.Runtime.CompilerServices;
using MocoSharp.Torch.Distributed;

namespace MocoSharp.Torch.Optim;

/// <summary>Moves weights against their gradients. It owns the memory of both.</summary>
public abstract class Optimizer : IDisposable
{
    private readonly FlatStorage[] _storages;
    private readonly List<(string Name, Tensor Value)> _state = [];
    private readonly Tensor _updates;
    private GradientSums? _sums;

    private protected Optimizer(IEnumerable<ParameterGroup> groups)
    {
        ParameterGroup[] all = [.. groups];
        Check(all);
        _storages = [.. all.Select(static group => new FlatStorage(group))];
        _updates = Tensor.Zeros([], DType.Int64).DetachFromScope();
        _state.Add(("updates", _updates));
    }

    /// <summary>Updates made so far.</summary>
    public long Updates => _updates.ToInt64();

    /// <summary>The count of updates, and moving averages such as momentum, by name: all that a checkpoint needs. What is copied into them
    /// is gone on from.</summary>
    public IReadOnlyList<(string Name, Tensor Value)> State => _state;

    /// <summary>One update from the gradients summed since the last one, which become 0.</summary>
    /// <param name="learningRate">η, before each group's scale.</param>
    /// <param name="start">The schedule's start value, for groups that keep it; null where it does not change.</param>
    public void Update(double learningRate, double? start = null)
    {
        using TensorScope scope = TensorScope.Begin();
        using GradMode off = GradMode.Off();
        for (int i = 0; i < _storages.Length; i++)
        {
            ParameterGroup group = _storages[i].Group;
            Update(_storages[i], i, (group.KeepsRate ? start ?? learningRate : learningRate) * group.RateScale);
        }
        _updates.FillInPlace(Updates + 1);
    }

    /// <summary>Makes each update one of the mean gradients over all ranks. Not to be moved to a device afterwards.</summary>
    /// <param name="peers">The ranks, all with the same parameters.</param>
    public void Join(Peers peers)
    {
        if (peers.Count > 1) _sums = new GradientSums(peers, _storages);
    }

    /// <summary>Says that the next backward pass is the last one before an update: over ranks, gradients are then summed while it
    /// runs.</summary>
    public void AwaitGradients() => _sums?.Await();

    /// <summary>Waits until all ranks' gradients are in, behind the backward pass that <see cref="AwaitGradients"/> spoke of.</summary>
    /// <exception cref="RankLostException">A rank has ended, or did not come in time.</exception>
    public void FinishGradients() => _sums?.Finish();

    /// <summary>Sets all gradients to 0 without an update.</summary>
    public void ClearGradients()
    {
        foreach (FlatStorage storage in _storages) storage.Gradients.ZeroInPlace();
    }

    /// <summary>The Euclidean length of all gradients together.</summary>
    public double GradientNorm()
    {
        using TensorScope scope = TensorScope.Begin();
        return Math.Sqrt(_storages.Sum(static storage => Math.Pow(storage.Gradients.Norm().ToDouble(), 2)));
    }

    /// <summary>Shrinks all gradients together so that their length is at most a bound; returns the length before.</summary>
    /// <param name="maximumNorm">Above 0.</param>
    /// <remarks>Pascanu et al. 2013, arXiv:1211.5063; the 1e-6 is PyTorch's.</remarks>
    public double ClipGradients(double maximumNorm)
    {
        double norm = GradientNorm(), scale = maximumNorm / (norm + 1e-6);
        if (scale < 1)
            foreach (FlatStorage storage in _storages) storage.Gradients.MulInPlace(scale);
        return norm;
    }

    /// <summary>Goes on from a checkpoint.</summary>
    /// <param name="state">Values for all of <see cref="State"/>, by name.</param>
    /// <param name="where">The file, for errors.</param>
    /// <exception cref="TorchException">A tensor is missing or of another shape. Nothing has been copied then.</exception>
    public void Restore(IReadOnlyDictionary<string, Tensor> state, string? where = null)
    {
        foreach ((string name, Tensor own) in _state)
        {
            if (!state.TryGetValue(name, out Tensor? value) || !value.Shape.AsSpan().SequenceEqual(own.Shape))
                throw new TorchException(TorchErrorIds.Weights,
                    $"the optimizer's '{name}' {own} is {(value is null ? "missing" : value.ToString())}", at: where,
                    fix: "resume with the recipe that the run was started with");
        }
        foreach ((string name, Tensor own) in _state) own.CopyFrom(state[name]);
    }

    /// <summary>Follows parameters that have moved: flat storage and moving averages.</summary>
    public void MoveTo(Device device)
    {
        foreach (FlatStorage storage in _storages) storage.MoveTo(device);
        using TensorScope scope = TensorScope.Begin();
        foreach ((_, Tensor value) in _state)
            if (value.Device != device && value != _updates) value.SetData(value.To(device));      // the count is read at every update
    }

    /// <summary>Frees the optimizer's memory. The parameters keep theirs.</summary>
    public void Dispose()
    {
        _sums?.Dispose();
        foreach ((_, Tensor tensor) in _state) tensor.Dispose();
        foreach (FlatStorage storage in _storages) storage.Dispose();
        GC.SuppressFinalize(this);
    }

    private static void Check(ParameterGroup[] groups)
    {
        if (groups.Length == 0 || groups.Any(static group => group.Parameters.Count == 0))
            throw new ArgumentException("an optimizer needs at least one parameter a group", nameof(groups));
        if (groups.Select(static group => group.Name).Distinct().Count() < groups.Length)
            throw new ArgumentException("two parameter groups have the same name", nameof(groups));
        HashSet<Tensor> seen = [];
        DType kind = groups[0].Parameters[0].Value.DType == DType.Float64 ? DType.Float64 : DType.Float32;
        foreach ((string name, Tensor parameter) in groups.SelectMany(static group => group.Parameters))
        {
            if (!seen.Add(parameter)) throw new ArgumentException($"parameter '{name}' is in two places", nameof(groups));
            if (parameter.DType != kind)
                throw new TorchException(TorchErrorIds.Shape,
                    $"parameter '{name}' {parameter} is not {(kind == DType.Float64 ? "F64 as the first is" : "F32")}",
                    fix: "keep all master weights in F32, or all in F64; layers convert them");
        }
    }

    /// <summary>For settings that are 0 or more and below 1.</summary>
    private protected static void CheckShare(double value, [CallerArgumentExpression(nameof(value))] string? name = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(value, 1, name);
    }

    private protected abstract void Update(FlatStorage storage, int group, double rate);

    /// <summary>A tensor of zeros like each group's weights, saved as <c>name.group</c>.</summary>
    private protected Tensor[] Moments(string name)
    {
        Tensor[] moments = [.. _storages.Select(static storage =>
            Tensor.Zeros(storage.Weights.Shape, storage.Weights.DType, storage.Weights.Device).DetachFromScope())];
        for (int i = 0; i < moments.Length; i++) _state.Add(($"{name}.{_storages[i].Group.Name}", moments[i]));
        return moments;
    }
}
