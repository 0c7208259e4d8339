namespace MocoSharp.Testing;

/// <summary>A test that works with tensors: seeds libtorch, opens a scope around the test, and fails when a tensor outlives it.</summary>
/// <remarks>Scopes belong to a thread: an asynchronous test opens its own after its last await.</remarks>
public abstract class TensorTest : IDisposable
{
    private readonly long _liveBefore;
    private readonly TensorScope _scope;

    protected TensorTest()
    {
        Runtime.Seed(1);
        _liveBefore = Tensor.Live;
        _scope = TensorScope.Begin();
    }

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        _scope.Dispose();
        long leaked = Tensor.Live - _liveBefore;
        Assert.True(leaked == 0, $"{leaked} tensors outlived the test");
    }
}
