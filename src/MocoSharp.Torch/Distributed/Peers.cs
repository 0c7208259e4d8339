namespace MocoSharp.Torch.Distributed;

/// <summary>The processes that share each batch, as a method or a layer sees them: what spans the batch asks here for the others'
/// part.</summary>
/// <remarks>Sample i of a batch belongs to rank i mod W, so that part i of split batch norm is a rank's own. The loss of all is the mean of
/// the ranks' losses: a loss that is the mean over samples needs nothing of the others, and one that compares samples takes their rows from
/// <see cref="Gather"/>, through which gradients flow back to where they belong.</remarks>
public sealed class Peers
{
    private readonly ProcessGroup? _group;
    private long _waited;
    private bool _isWaiting;

    /// <summary>Makes one of a group.</summary>
    public Peers(ProcessGroup group) => _group = group;

    private Peers()
    {
    }

    /// <summary>A process that shares with nobody.</summary>
    public static Peers Alone { get; } = new();

    /// <summary>This process's number, from 0.</summary>
    public int Rank => _group?.Rank ?? 0;

    /// <summary>W, 1 or more.</summary>
    public int Count => _group?.Size ?? 1;

    /// <summary>About how many bytes this rank has sent.</summary>
    public long BytesSent { get; private set; }

    /// <summary>How long this rank waited for the others, in all.</summary>
    public TimeSpan Waited => TimeSpan.FromTicks(_waited);

    /// <summary>Whether this rank waits for the others at this moment.</summary>
    public bool IsWaiting => Volatile.Read(ref _isWaiting);

    internal ProcessGroup? Group => _group;

    /// <summary>All ranks' rows, in the order in which one process would have them: row j of rank r becomes row j · W + r.</summary>
    /// <param name="rows">[N, …], of one shape on all ranks.</param>
    /// <returns>[N · W, …]. A gradient's own rows, summed over the ranks, flow back.</returns>
    public Tensor Gather(Tensor rows)
    {
        if (_group is null) return rows;
        return AutogradFunction.Apply([rows], () => [Gathered(rows.Detach())], (gradients, _) =>
            [gradients[0] is { } gradient ? Own(Summed(gradient)) : null])[0];
    }

    /// <summary>This rank's rows of all: the inverse of <see cref="Gather"/>.</summary>
    /// <param name="rows">[N · W, …].</param>
    public Tensor Own(Tensor rows)
    {
        if (_group is null) return rows;
        long[] shape = rows.Shape.ToArray();
        return rows.Reshape([shape[0] / Count, Count, .. shape[1..]]).Narrow(1, Rank, 1).Squeeze(1);
    }

    /// <summary>The sum over all ranks. A gradient is summed over them likewise.</summary>
    /// <param name="value">Of one shape on all ranks.</param>
    public Tensor Sum(Tensor value)
    {
        if (_group is null) return value;
        return AutogradFunction.Apply([value], () => [Summed(value.Detach())], (gradients, _) =>
            [gradients[0] is { } gradient ? Summed(gradient) : null])[0];
    }

    /// <summary>The mean over all ranks. A gradient is that of the sum over them, divided likewise.</summary>
    /// <param name="value">Of one shape on all ranks.</param>
    public Tensor Mean(Tensor value) => _group is null ? value : Sum(value) / Count;

    /// <summary>The means over all ranks, in fp64.</summary>
    /// <param name="values">As many on all ranks.</param>
    public double[] Mean(IReadOnlyList<double> values)
    {
        if (_group is null) return [.. values];
        using TensorScope scope = TensorScope.Begin();
        using GradMode off = GradMode.Off();
        return (Summed(Tensor.From<double>([.. values])) / Count).ToArray<double>();
    }

    /// <summary>All ranks' numbers, in fp64: [rank][number].</summary>
    /// <param name="values">As many on all ranks.</param>
    public double[][] All(IReadOnlyList<double> values)
    {
        if (_group is null) return [[.. values]];
        using TensorScope scope = TensorScope.Begin();
        using GradMode off = GradMode.Off();
        Tensor all = Collected(Tensor.From<double>([.. values]));
        return [.. Enumerable.Range(0, Count).Select(rank => all.Narrow(0, rank, 1).Squeeze(0).ToArray<double>())];
    }

    /// <summary>Gives all ranks the values of one.</summary>
    /// <param name="value">Of one shape on all ranks.</param>
    /// <param name="rank">Whose; the first one's by default.</param>
    public void Take(Tensor value, int rank = 0)
    {
        if (_group is null) return;
        using TensorScope scope = TensorScope.Begin();
        using GradMode off = GradMode.Off();
        Tensor sent = value.Detach().Contiguous();
        Finish(_group.Broadcast(sent, rank));
        if (Rank != rank) value.CopyFrom(sent);
    }

    /// <summary>Waits for the others, and counts it.</summary>
    internal void Wait(long bytes, Action wait)
    {
        long begun = TimeProvider.System.GetTimestamp();
        Volatile.Write(ref _isWaiting, true);
        wait();
        Volatile.Write(ref _isWaiting, false);          // after a failure it stays: this rank has come
        BytesSent += bytes;
        _waited += TimeProvider.System.GetElapsedTime(begun).Ticks;
    }

    private Tensor Summed(Tensor value)
    {
        // gloo adds no bf16; a sum is better taken in fp32 anyway
        Tensor sum = (value.DType == DType.BFloat16 ? value.To(DType.Float32) : value.Clone()).Contiguous();
        Finish(_group!.Sum(sum));
        return sum.To(value.DType);
    }

    private Tensor Gathered(Tensor rows)
    {
        bool isPicture = rows.Rank == 4;          // channels_last lies on the wire as it does in memory
        Tensor all = Collected((isPicture ? rows.Permute(0, 2, 3, 1) : rows).Contiguous());              // [W, N, …]
        long[] shape = all.Shape.ToArray();
        Tensor joined = all.Transpose(0, 1).Reshape([shape[0] * shape[1], .. shape[2..]]);
        return isPicture ? joined.Permute(0, 3, 1, 2) : joined;
    }

    private Tensor Collected(Tensor rows)
    {
        // gloo knows no bf16; moving it needs only its width
        bool isBf16 = rows.DType == DType.BFloat16;
        Tensor sent = isBf16 ? rows.ViewAs(DType.Float16) : rows;
        Tensor all = Tensor.Empty([Count, .. sent.Shape.ToArray()], sent.DType);
        Finish(_group!.Gather(sent, all));
        return isBf16 ? all.ViewAs(DType.BFloat16) : all;
    }

    private void Finish(Work work) => Wait(work.Bytes, work.Wait);
}
