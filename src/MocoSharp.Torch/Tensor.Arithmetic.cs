using MocoSharp.Torch.Ops;

namespace MocoSharp.Torch;

public sealed unsafe partial class Tensor
{
    private static readonly Op s_add = new("aten::add", "Tensor"), s_addScalar = new("aten::add", "Scalar"),
        s_sub = new("aten::sub", "Tensor"),
        s_subScalar = new("aten::sub", "Scalar"), s_rsub = new("aten::rsub", "Scalar"), s_mul = new("aten::mul", "Tensor"),
            s_mulScalar = new("aten::mul", "Scalar"),
        s_div = new("aten::div", "Tensor"), s_divScalar = new("aten::div", "Scalar"), s_neg = new("aten::neg"),
            s_matmul = new("aten::matmul"),
        s_exp = new("aten::exp"), s_log = new("aten::log"), s_log1p = new("aten::log1p"), s_sqrt = new("aten::sqrt"),
            s_rsqrt = new("aten::rsqrt"), s_abs = new("aten::abs"), s_sign = new("aten::sign"), s_pow = new("aten::pow", "Tensor_Scalar"),
        s_clamp = new("aten::clamp"), s_addInPlace = new("aten::add_", "Tensor"), s_addNumberInPlace = new("aten::add_", "Scalar"),
            s_mulInPlace = new("aten::mul_", "Scalar"),
        s_addcdiv = new("aten::addcdiv_"), s_addcmul = new("aten::addcmul_"), s_lerp = new("aten::lerp_", "Scalar"),
            s_zero = new("aten::zero_"), s_fill = new("aten::fill_", "Scalar"),
        s_copy = new("aten::copy_"), s_item = new("aten::item"), s_eq = new("aten::eq", "Tensor"), s_equal = new("aten::equal"),
            s_isfinite = new("aten::isfinite"),
        s_normalFill = new("aten::normal_"), s_uniformFill = new("aten::uniform_"), s_cos = new("aten::cos"), s_sin = new("aten::sin");

    /// <summary>Element by element, with broadcasting.</summary>
    public static Tensor operator +(Tensor left, Tensor right) => s_add.Call(left, right);

    /// <inheritdoc cref="op_Addition(Tensor, Tensor)"/>
    public static Tensor operator +(Tensor left, double right) => s_addScalar.Call(left, right);

    /// <inheritdoc cref="op_Addition(Tensor, Tensor)"/>
    public static Tensor operator -(Tensor left, Tensor right) => s_sub.Call(left, right);

    /// <inheritdoc cref="op_Addition(Tensor, Tensor)"/>
    public static Tensor operator -(Tensor left, double right) => s_subScalar.Call(left, right);

    /// <inheritdoc cref="op_Addition(Tensor, Tensor)"/>
    public static Tensor operator -(double left, Tensor right) => s_rsub.Call(right, left);

    /// <inheritdoc cref="op_Addition(Tensor, Tensor)"/>
    public static Tensor operator *(Tensor left, Tensor right) => s_mul.Call(left, right);

    /// <inheritdoc cref="op_Addition(Tensor, Tensor)"/>
    public static Tensor operator *(Tensor left, double right) => s_mulScalar.Call(left, right);

    /// <inheritdoc cref="op_Addition(Tensor, Tensor)"/>
    public static Tensor operator *(double left, Tensor right) => s_mulScalar.Call(right, left);

    /// <inheritdoc cref="op_Addition(Tensor, Tensor)"/>
    public static Tensor operator /(Tensor left, Tensor right) => s_div.Call(left, right);

    /// <inheritdoc cref="op_Addition(Tensor, Tensor)"/>
    public static Tensor operator /(Tensor left, double right) => s_divScalar.Call(left, right);

    /// <summary>Element by element; whole numbers stay whole numbers.</summary>
    public static Tensor operator +(Tensor left, long right) => s_addScalar.Call(left, right);

    /// <inheritdoc cref="op_Addition(Tensor, long)"/>
    public static Tensor operator -(Tensor left, long right) => s_subScalar.Call(left, right);

    /// <inheritdoc cref="op_Addition(Tensor, long)"/>
    public static Tensor operator -(long left, Tensor right) => s_rsub.Call(right, left);

    /// <inheritdoc cref="op_Addition(Tensor, long)"/>
    public static Tensor operator *(Tensor left, long right) => s_mulScalar.Call(left, right);

    /// <inheritdoc cref="op_Addition(Tensor, long)"/>
    public static Tensor operator *(long left, Tensor right) => s_mulScalar.Call(right, left);

    /// <summary>The opposite sign.</summary>
    public static Tensor operator -(Tensor value) => s_neg.Call(value);

    /// <summary>Matrix product of the last two dimensions; a vector counts as a row or a column.</summary>
    public Tensor MatMul(Tensor right) =>
        Kernels.ProductNeedsFloat(this, right) ? s_matmul.Call(To(DType.Float32), right.To(DType.Float32)).To(DType)
            : s_matmul.Call(this, right);

    /// <summary>e to the power of each element.</summary>
    public Tensor Exp() => s_exp.Call(this);

    /// <summary>Natural logarithm.</summary>
    public Tensor Log() => s_log.Call(this);

    /// <summary>ln(1 + x), exact for small x.</summary>
    public Tensor Log1p() => s_log1p.Call(this);

    /// <summary>Square root.</summary>
    public Tensor Sqrt() => s_sqrt.Call(this);

    /// <summary>One over the square root.</summary>
    public Tensor ReciprocalSqrt() => s_rsqrt.Call(this);

    /// <summary>Absolute value.</summary>
    public Tensor Abs() => s_abs.Call(this);

    /// <summary>−1, 0 or 1: each element's sign.</summary>
    public Tensor Sign() => s_sign.Call(this);

    /// <summary>Cosine of each element, an angle in radians.</summary>
    public Tensor Cos() => s_cos.Call(this);

    /// <summary>Sine of each element, an angle in radians.</summary>
    public Tensor Sin() => s_sin.Call(this);

    /// <summary>A power of each element.</summary>
    public Tensor Pow(double exponent) => s_pow.Call(this, exponent);

    /// <summary>No element below or above a bound; a null bound is none.</summary>
    public Tensor Clamp(double? low = null, double? high = null) =>
        s_clamp.Call(this, low is { } l ? l : Value.None, high is { } h ? h : Value.None);

    /// <summary>this += other × scale, in place.</summary>
    public Tensor AddInPlace(Tensor other, double scale = 1)
    {
        s_addInPlace.Run(this, other, scale);
        return this;
    }

    /// <summary>this += number, in place.</summary>
    public Tensor AddInPlace(long number)
    {
        s_addNumberInPlace.Run(this, number);
        return this;
    }

    /// <summary>this ×= factor, in place.</summary>
    public Tensor MulInPlace(double factor)
    {
        s_mulInPlace.Run(this, factor);
        return this;
    }

    /// <summary>this += scale × left / right, in place.</summary>
    public Tensor AddQuotientInPlace(Tensor left, Tensor right, double scale)
    {
        s_addcdiv.Run(this, left, right, scale);
        return this;
    }

    /// <summary>this += scale × left × right, in place.</summary>
    public Tensor AddProductInPlace(Tensor left, Tensor right, double scale)
    {
        s_addcmul.Run(this, left, right, scale);
        return this;
    }

    /// <summary>this += weight × (end − this), in place.</summary>
    public Tensor LerpInPlace(Tensor end, double weight)
    {
        s_lerp.Run(this, end, weight);
        return this;
    }

    /// <summary>Sets every element to 0.</summary>
    public Tensor ZeroInPlace()
    {
        s_zero.Run(this);
        return this;
    }

    /// <summary>Sets every element.</summary>
    public Tensor FillInPlace(double value)
    {
        s_fill.Run(this, value);
        return this;
    }

    /// <summary>Draws every element from a normal distribution, with libtorch's generator.</summary>
    public Tensor NormalInPlace(double mean, double deviation)
    {
        s_normalFill.Run(this, mean, deviation);
        return this;
    }

    /// <summary>Draws every element uniformly from [low, high), with libtorch's generator.</summary>
    public Tensor UniformInPlace(double low, double high)
    {
        s_uniformFill.Run(this, low, high);
        return this;
    }

    /// <summary>Copies another tensor's values here, converting type, layout and device.</summary>
    public Tensor CopyFrom(Tensor source)
    {
        s_copy.Run(this, source);
        return this;
    }

    /// <summary>1 where the elements are equal.</summary>
    public Tensor EqualTo(Tensor other) => s_eq.Call(this, other);

    /// <summary>Whether shape and every element are equal.</summary>
    public bool SameAs(Tensor other) => s_equal.CallNumber(this, other) != 0;

    /// <summary>Whether no element is infinite or not a number.</summary>
    public bool IsFinite()
    {
        using TensorScope scope = TensorScope.Begin();
        using GradMode off = GradMode.Off();
        return s_isfinite.Call(this).All().ToInt64() != 0;
    }
}
