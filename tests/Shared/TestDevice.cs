using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MocoSharp.Testing;

/// <summary>A device that every machine has, beside the processor: see <c>tests/native</c>. It refuses tensors that were left on another
/// one.</summary>
internal static unsafe class TestDevice
{
    private const string FileName = "libmocosharp_test_device.so";
    private static nint s_library;

    /// <summary>Where it is; the library of <c>./test</c> must be there.</summary>
    internal static Device Here => new(Function<int>("ms_test_device_type")(), 0);

    /// <summary>How often one of its streams was told to wait for another.</summary>
    internal static long Waits => Function<long>("ms_test_device_waits")();

    // libtorch starts a device's threads at the first backward pass of the process: the device must be there before
    [ModuleInitializer]
    internal static void Load()
    {
        for (DirectoryInfo? above = new(AppContext.BaseDirectory); above is not null; above = above.Parent)
        {
            string path = Path.Combine(above.FullName, "test-native", FileName);
            if (above.Name != "artifacts" || !File.Exists(path)) continue;
            Runtime.Start();        // libtorch is loaded by the bridge's loader, which sets what it reads at that moment
            s_library = NativeLibrary.Load(path);
        }
    }

    private static delegate* unmanaged<T> Function<T>(string name)
        where T : unmanaged => s_library != 0 ? (delegate* unmanaged<T>)NativeLibrary.GetExport(s_library, name)
        : throw new InvalidOperationException($"{FileName} was not found: run the tests with ./test, which builds it");
}
