namespace MocoSharp.Torch.Optim;

/// <summary>The weights and gradients of one group laid end to end, so that an update is one pass over memory.</summary>
/// <remarks>Each parameter keeps its identity and becomes a view; it starts on a multiple of 16 floats (64 bytes). The gaps stay
/// 0.</remarks>
internal sealed class FlatStorage : IDisposable
{
    private const int Alignment = 16;
    private readonly List<(Tensor Parameter, long Offset)> _places = [];

    internal FlatStorage(ParameterGroup group)
    {
        Group = group;
        long length = 0;
        foreach ((_, Tensor parameter) in group.Parameters)
        {
            _places.Add((parameter, length));
            length += (parameter.ElementCount + Alignment - 1) / Alignment * Alignment;
        }
        Tensor first = group.Parameters[0].Value;
        Weights = Tensor.Zeros([length], first.DType, first.Device).DetachFromScope();
        Gradients = Tensor.Zeros([length], first.DType, first.Device).DetachFromScope();
        using TensorScope scope = TensorScope.Begin();
        using GradMode off = GradMode.Off();
        foreach ((Tensor parameter, long offset) in _places)
        {
            Tensor place = View(Weights, parameter, offset);
            place.CopyFrom(parameter);
            parameter.SetData(place);
            parameter.Grad = View(Gradients, parameter, offset);
        }
    }

    internal ParameterGroup Group { get; }

    /// <summary>[P], fp32 or fp64.</summary>
    internal Tensor Weights { get; }

    /// <summary>[P], like the weights; backward passes add to it.</summary>
    internal Tensor Gradients { get; }

    /// <summary>The part of a flat tensor that belongs to each parameter, in the parameter's shape.</summary>
    internal IEnumerable<Tensor> PartsOf(Tensor flat) => _places.Select(place => View(flat, place.Parameter, place.Offset));

    /// <summary>Slices of the gradients of about so many bytes, each with whole parameters.</summary>
    internal IEnumerable<Bucket> Buckets(long bytes)
    {
        long most = Math.Max(1, bytes / Gradients.DType.Bytes()), length = Gradients.ElementCount;
        for (int first = 0, end; first < _places.Count; first = end)
        {
            long start = _places[first].Offset;
            for (end = first + 1; end < _places.Count && _places[end].Offset - start < most;) end++;
            long stop = end < _places.Count ? _places[end].Offset : length;
            yield return new Bucket(Gradients.Narrow(0, start, stop - start),
                [.. _places[first..end].Select(static place => place.Parameter)], (double)start / length);
        }
    }

    /// <summary>Follows parameters that have moved.</summary>
    internal void MoveTo(Device device)
    {
        if (Weights.Device == device) return;
        using TensorScope scope = TensorScope.Begin();
        using GradMode off = GradMode.Off();
        foreach (Tensor flat in new[] { Weights, Gradients }) flat.SetData(flat.To(device));
        foreach ((Tensor parameter, long offset) in _places)
        {
            parameter.SetData(View(Weights, parameter, offset));
            parameter.Grad = View(Gradients, parameter, offset);
        }
    }

    public void Dispose()
    {
        Weights.Dispose();
        Gradients.Dispose();
    }

    private static Tensor View(Tensor flat, Tensor parameter, long offset) => flat.Narrow(0, offset, parameter.ElementCount)
        .View(parameter.Shape);
}
