using MocoSharp.Torch.Ops;

namespace MocoSharp.Torch;

public sealed unsafe partial class Tensor
{
    private static readonly Op s_view = new("aten::view"), s_viewType = new("aten::view", "dtype"), s_reshape = new("aten::reshape"),
        s_permute = new("aten::permute"),
        s_transpose = new("aten::transpose", "int"),
        s_flatten = new("aten::flatten", "using_ints"), s_narrow = new("aten::narrow"), s_indexSelect = new("aten::index_select"),
            s_gather = new("aten::gather"),
        s_cat = new("aten::cat"), s_stack = new("aten::stack"), s_chunk = new("aten::chunk"), s_unsqueeze = new("aten::unsqueeze"),
            s_squeeze = new("aten::squeeze", "dim"),
        s_expand = new("aten::expand"), s_repeat = new("aten::repeat"), s_flip = new("aten::flip"),
        s_contiguous = new("aten::contiguous"), s_clone = new("aten::clone"), s_detach = new("aten::detach"),
            s_toCopy = new("aten::_to_copy"),
        s_indexCopy = new("aten::index_copy_"), s_asStrided = new("aten::as_strided");

    /// <summary>The last two dimensions exchanged.</summary>
    public Tensor T => Transpose(-2, -1);

    /// <summary>The same memory in another shape; one size may be −1.</summary>
    public Tensor View(params long[] shape) => s_view.Call(this, Value.Ints(shape));

    /// <summary>The same bits as numbers of another type of the same width.</summary>
    internal Tensor ViewAs(DType type) => s_viewType.Call(this, type);

    /// <summary>Bytes of all elements, gaps not counted.</summary>
    internal long ByteCount() => ElementCount * DType.Bytes();

    /// <summary>Another shape; copies only when the memory order demands it. One size may be −1.</summary>
    public Tensor Reshape(params long[] shape) => s_reshape.Call(this, Value.Ints(shape));

    /// <summary>Dimensions in another order; no copy.</summary>
    public Tensor Permute(params long[] dims) => s_permute.Call(this, Value.Ints(dims));

    /// <summary>Two dimensions exchanged; no copy.</summary>
    public Tensor Transpose(int first, int second) => s_transpose.Call(this, first, second);

    /// <summary>Dimensions <paramref name="first"/> to <paramref name="last"/> as one.</summary>
    public Tensor Flatten(int first = 1, int last = -1) => s_flatten.Call(this, first, last);

    /// <summary>A part of one dimension; shares memory.</summary>
    public Tensor Narrow(int dim, long start, long length) => s_narrow.Call(this, dim, start, length);

    /// <summary>The given rows of one dimension, copied.</summary>
    /// <param name="dim">The dimension.</param>
    /// <param name="index">[n], Int64.</param>
    public Tensor IndexSelect(int dim, Tensor index) => s_indexSelect.Call(this, dim, index);

    /// <summary>Writes rows: this[index[i]] = source[i] along one dimension, in place.</summary>
    public Tensor IndexCopyInPlace(int dim, Tensor index, Tensor source)
    {
        s_indexCopy.Run(this, dim, index, source);
        return this;
    }

    /// <summary>Elements along one dimension at positions given element by element.</summary>
    public Tensor Gather(int dim, Tensor index) => s_gather.Call(this, dim, index);

    /// <summary>A new dimension of size 1.</summary>
    public Tensor Unsqueeze(int dim) => s_unsqueeze.Call(this, dim);

    /// <summary>Without a dimension of size 1.</summary>
    public Tensor Squeeze(int dim) => s_squeeze.Call(this, dim);

    /// <summary>Dimensions of size 1 seen as larger; no copy. −1 keeps a size.</summary>
    public Tensor Expand(params long[] shape) => s_expand.Call(this, Value.Ints(shape));

    /// <summary>Copies laid end to end along each dimension.</summary>
    public Tensor Repeat(params long[] times) => s_repeat.Call(this, Value.Ints(times));

    /// <summary>Reversed along the dimensions.</summary>
    public Tensor Flip(params long[] dims) => s_flip.Call(this, Value.Ints(dims));

    /// <summary>Cut along one dimension into at most <paramref name="parts"/> views of equal size (the last may be smaller).</summary>
    public Tensor[] Chunk(int parts, int dim = 0) => s_chunk.CallMany(this, parts, dim)!;

    /// <summary>Itself when it lies in this format, otherwise a copy that does.</summary>
    public Tensor Contiguous(MemoryFormat format = MemoryFormat.Contiguous) => s_contiguous.Call(this, format);

    /// <summary>A copy; gradients flow through it.</summary>
    public Tensor Clone() => s_clone.Call(this);

    /// <summary>The same memory without a graph.</summary>
    public Tensor Detach() => s_detach.Call(this);

    /// <summary>Converted to another element type; itself when it has it already.</summary>
    public Tensor To(DType type) => DType == type ? this : s_toCopy.Call(this, type);

    /// <summary>Copied to a device; itself when it is there already.</summary>
    public Tensor To(Device device) => Device == device ? this : s_toCopy.Call(this, Value.None, Value.None, device);

    /// <summary>Copied to the processor; itself when it is there already.</summary>
    public Tensor ToProcessor() => To(Device.Cpu);

    /// <summary>Joined along an existing dimension.</summary>
    public static Tensor Cat(IReadOnlyList<Tensor> tensors, int dim = 0) => s_cat.Call(Value.Tensors(tensors), dim);

    /// <summary>Joined along a new dimension.</summary>
    public static Tensor Stack(IReadOnlyList<Tensor> tensors, int dim = 0) => s_stack.Call(Value.Tensors(tensors), dim);
}
