"""Times one operation of coremltools: OPERATION SOURCE TARGET. Without arguments, prints the version of coremltools.

Prints a last line of wall seconds, processor seconds and the largest resident set in bytes, or nothing where coremltools does not have the operation.
Importing the library is not timed, as the start of the other process is not.
"""
import resource
import sys
import time

import coremltools as ct
import coremltools.optimize.coreml as cto


def float16(model):
    if model.get_spec().WhichOneof("Type") == "mlProgram":
        from coremltools.converters.mil.mil.passes.defs.quantization import FP16ComputePrecision
        from coremltools.models.utils import _apply_graph_pass

        return _apply_graph_pass(model, FP16ComputePrecision(op_selector=lambda op: True))
    return quantized(model, 16, "linear")


def quantized(model, bits, mode):
    from coremltools.models.neural_network import quantization_utils

    return quantization_utils.quantize_weights(model, bits, mode)


def program(compress, config):
    return lambda model: compress(model, cto.OptimizationConfig(global_config=config))


PROGRAMS = {
    "fp16": float16,
    "int8": program(cto.linear_quantize_weights, cto.OpLinearQuantizerConfig(mode="linear_symmetric")),
    "prune": program(cto.prune_weights, cto.OpMagnitudePrunerConfig(target_sparsity=0.5)),
    "pal4": program(cto.palettize_weights, cto.OpPalettizerConfig(mode="kmeans", nbits=4)),
    "pal6": program(cto.palettize_weights, cto.OpPalettizerConfig(mode="kmeans", nbits=6)),
}

NETWORKS = {
    "fp16": float16,
    "int8": lambda model: quantized(model, 8, "linear"),
    "pal4": lambda model: quantized(model, 4, "kmeans"),
    "pal6": lambda model: quantized(model, 6, "kmeans"),
}


def main(operation, source, target):
    wall, processor = time.perf_counter(), time.process_time()
    model = ct.models.MLModel(source, skip_model_load=True)
    operations = PROGRAMS if model.get_spec().WhichOneof("Type") == "mlProgram" else NETWORKS
    if operation not in operations:
        return
    result = operations[operation](model)
    if hasattr(result, "save"):
        result.save(target)
    else:
        ct.models.utils.save_spec(result, target)
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print("times", f"{wall:.3f}", f"{processor:.3f}", peak if sys.platform == "darwin" else peak * 1024, sep="\t")


if len(sys.argv) == 1:
    print(ct.__version__)
else:
    main(*sys.argv[1:])
