using MocoSharp.Torch.Distributed;

namespace MocoSharp.Torch.Layers;

/// <summary>A part of a network or of a method: owns parameters, buffers and other modules by name.</summary>
/// <remarks>Names joined by dots are the keys of saved weights (<c>layer1.0.conv1.weight</c>). What it owns lives until it is
/// disposed. A module that two others own is told once, by its first name.</remarks>
public abstract class Module : IDisposable
{
    private readonly List<(string Name, Tensor Value)> _parameters = [], _buffers = [];
    private readonly List<(string Name, Module Value)> _children = [];
    private bool _disposed;

    /// <summary>Its name within its owner; empty for a root.</summary>
    public string Name { get; private set; } = "";

    /// <summary>Whether batch statistics come from the batch (training) or from the running averages.</summary>
    public bool Training { get; private set; } = true;

    /// <summary>The other processes that its batches are shared with; <see cref="Peers.Alone"/> for none.</summary>
    public Peers Peers { get; private set; } = Peers.Alone;

    /// <summary>The modules that it owns itself, in order.</summary>
    public IReadOnlyList<(string Name, Module Value)> Children => _children;

    /// <summary>All parameters below it with their full names, in the order of torch's <c>state_dict</c>.</summary>
    public IEnumerable<(string Name, Tensor Value)> Parameters() => Walk(static module => module._parameters);

    /// <summary>All buffers below it: running statistics, queues, banks.</summary>
    public IEnumerable<(string Name, Tensor Value)> Buffers() => Walk(static module => module._buffers);

    /// <summary>All that a checkpoint must hold: parameters and buffers, module by module.</summary>
    public IEnumerable<(string Name, Tensor Value)> State() => Walk(static module => module._parameters.Concat(module._buffers));

    /// <summary>Itself and all modules below, with their full names.</summary>
    public IEnumerable<(string Name, Module Value)> Modules()
    {
        foreach ((string Name, Module Value) module in Below("", [])) yield return module;
    }

    /// <summary>Switches it and all below between training and evaluation.</summary>
    public void Train(bool training = true)
    {
        foreach ((_, Module module) in Modules()) module.Training = training;
    }

    /// <summary>Makes it and all below share their batches with other processes: what spans a batch then spans those of all.</summary>
    public virtual void Join(Peers peers)
    {
        Peers = peers;
        foreach ((_, Module child) in _children) child.Join(peers);
    }

    /// <summary>Moves all parameters and buffers.</summary>
    /// <remarks>Before an optimizer takes the parameters.</remarks>
    public void MoveTo(Device device)
    {
        using TensorScope scope = TensorScope.Begin();
        foreach ((_, Tensor tensor) in State())
            if (tensor.Device != device) tensor.SetData(tensor.Detach().To(device));
        foreach ((_, Module module) in Modules()) module.OnMoved(device);
    }

    /// <summary>Changes the precision of all parameters and of the buffers that are not whole numbers.</summary>
    /// <param name="type">F32, as modules are made, or F64 to check results exactly. Reduced precision is the activations' business, not
    /// the weights'.</param>
    /// <remarks>Before an optimizer takes the parameters.</remarks>
    public void ConvertTo(DType type)
    {
        if (type is not (DType.Float32 or DType.Float64))
            throw new ArgumentException($"weights are kept in F32 or F64, not {type}", nameof(type));
        using TensorScope scope = TensorScope.Begin();
        foreach ((_, Tensor tensor) in State())
            if (tensor.DType is DType.Float32 or DType.Float64 && tensor.DType != type) tensor.SetData(tensor.Detach().To(type));
    }

    /// <summary>Copies values in by name.</summary>
    /// <param name="values">Names as <see cref="State"/> gives them.</param>
    /// <param name="where">The file, for errors.</param>
    /// <param name="strict">Every tensor must be there and no other may be.</param>
    /// <exception cref="TorchException">A name is missing or unknown, or a shape differs. Nothing has been copied then.</exception>
    public void Load(IReadOnlyDictionary<string, Tensor> values, string? where = null, bool strict = true)
    {
        List<(Tensor To, Tensor From)> pairs = [];
        HashSet<string> known = [];
        foreach ((string name, Tensor own) in State())
        {
            known.Add(name);
            if (!values.TryGetValue(name, out Tensor? value))
            {
                if (strict) throw Misfit($"'{name}' {own} is missing", where);
                continue;
            }
            if (!value.Shape.AsSpan().SequenceEqual(own.Shape)) throw Misfit($"'{name}' is {value}, the network needs {own}", where);
            pairs.Add((own, value));
        }
        if (strict && values.Keys.FirstOrDefault(name => !known.Contains(name)) is { } unknown)
            throw Misfit($"'{unknown}' has no place in the network", where);
        using GradMode off = GradMode.Off();
        foreach ((Tensor to, Tensor from) in pairs) to.CopyFrom(from);
    }

    /// <summary>Frees all that it owns.</summary>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees all that it owns.</summary>
    protected virtual void Dispose(bool disposing)
    {
        foreach ((_, Tensor tensor) in _parameters.Concat(_buffers)) tensor.Dispose();
        foreach ((_, Module child) in _children) child.Dispose();
    }

    /// <summary>Takes a module under a name.</summary>
    /// <exception cref="ArgumentException">The name is empty, has a dot, or is taken.</exception>
    protected T Register<T>(string name, T module) where T : Module
    {
        CheckName(name);
        module.Name = name;
        _children.Add((name, module));
        return module;
    }

    /// <summary>Takes a tensor as a trained parameter; it leaves its scope.</summary>
    protected Tensor Parameter(string name, Tensor value)
    {
        CheckName(name);
        value.RequiresGrad = true;
        _parameters.Add((name, value.DetachFromScope()));
        return value;
    }

    /// <summary>Takes a tensor as state that is saved but not trained; it leaves its scope.</summary>
    protected Tensor Buffer(string name, Tensor value)
    {
        CheckName(name);
        _buffers.Add((name, value.DetachFromScope()));
        return value;
    }

    /// <summary>Called when its parameters and buffers have moved: moves what else it holds.</summary>
    protected virtual void OnMoved(Device device)
    {
    }

    private IEnumerable<(string Name, Tensor Value)> Walk(Func<Module, IEnumerable<(string Name, Tensor Value)>> own) =>
        from module in Modules()
        from item in own(module.Value)
        select (module.Name.Length == 0 ? item.Name : $"{module.Name}.{item.Name}", item.Value);

    private IEnumerable<(string Name, Module Value)> Below(string path, HashSet<Module> told)
    {
        if (!told.Add(this)) yield break;
        yield return (path, this);
        foreach ((string name, Module child) in _children)
            foreach ((string Name, Module Value) module in child.Below(path.Length == 0 ? name : $"{path}.{name}", told))
                yield return module;
    }

    private void CheckName(string name)
    {
        if (name.Length == 0 || name.Contains('.', StringComparison.Ordinal))
            throw new ArgumentException($"'{name}' cannot be a part of a name: names are joined by dots", nameof(name));
        if (_parameters.Concat(_buffers).Any(own => own.Name == name) || _children.Any(child => child.Name == name))
            throw new ArgumentException($"the name '{name}' is taken already", nameof(name));
    }

    private static TorchException Misfit(string what, string? where) =>
        new(TorchErrorIds.Weights, $"these weights do not fit: {what}", at: where,
        fix: "use weights of the same encoder, width, stem, channels and head");
}
