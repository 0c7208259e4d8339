namespace MocoSharp.Torch.Tests;

public sealed class OperatorTraceTests : TensorTest
{
    [Fact]
    public void Each_operator_is_told_with_its_arguments_and_results_and_those_of_the_observer_are_not()
    {
        Tensor x = Tensor.Ones([2, 3]), sum = x;
        List<OperatorCall> calls = [];
        OperatorTrace.Run(() => sum = (x + Tensor.Cat([x, x], 1).Narrow(1, 0, 3)).Sum(), call =>
        {
            _ = call.Results[0]!.Exp();
            calls.Add(call);
        });
        _ = x.Exp();
        Assert.Equal(["aten::cat", "aten::narrow", "aten::add.Tensor", "aten::sum"], calls.Select(static call => call.Name));
        Assert.Equal([x, x], Assert.IsAssignableFrom<IReadOnlyList<Tensor?>>(calls[0].Arguments[0]));
        Assert.Equal([calls[0].Results[0], 1L, 0L, 3L], calls[1].Arguments);
        Assert.Same(sum, Assert.Single(calls[3].Results));
    }

    [Fact]
    public void Numbers_flags_lists_and_what_works_in_place_are_told_too()
    {
        Tensor x = Tensor.Ones([2, 3]);
        List<OperatorCall> calls = [];
        OperatorTrace.Run(() =>
        {
            _ = x.Mean([0, 1], keepDim: true);
            x.MulInPlace(0.5);
            _ = x.Narrow(0, 0, 1).Narrow(1, 0, 1).ToDouble();
        }, calls.Add);
        Assert.Equal([x, new long[] { 0, 1 }, true], calls[0].Arguments);
        Assert.Equal(("aten::mul_.Scalar", 0), (calls[1].Name, calls[1].Results.Count));
        Assert.Equal([x, 0.5], calls[1].Arguments);
        Assert.Equal(("aten::item", 0), (calls[^1].Name, calls[^1].Results.Count));
    }

    [Fact]
    public void Nobody_listens_any_more_after_an_error()
    {
        int told = 0;
        Assert.Throws<InvalidOperationException>(() => OperatorTrace.Run(static () => throw new InvalidOperationException(), _ => told++));
        _ = Tensor.Ones([1]);
        Assert.Equal(0, told);
    }
}
