/* Residual block of Kokoro's generator (StyleTTS2, AdaINResBlock1): three times norm, snake, convolution, norm, snake, convolution, sum.

   Arrays of floats are [time][channel], so that a channel's numbers lie in one lane. Activations are quantised to 8 bits with a fixed range,
   as in static_graph.py; what a convolution gives stays in 32 bits. Needs AVX-512 with VNNI; `residual_block_is_supported` tells. */

#include <immintrin.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define VECTOR __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,fma")))
#define INLINE_VECTOR VECTOR static inline __attribute__((always_inline))

enum { LANES = 16, ROWS = 6, COLUMNS = 4, OUTPUTS = LANES * COLUMNS, CHUNK = 64 };

static const float EPSILON = 1e-5f;

typedef struct {
    int32_t taps;
    int32_t dilation;
    const int8_t *weights;   /* [channels / 64][taps][channels / 4][64][4]: packed by pack_weights in blocks.py */
    const float *scales;     /* [channels]: scale of the weights times scale of the activation */
    const float *bias;       /* [channels]: less what the zero point of the activation adds */
    float quantum;           /* scale of the activation */
    int32_t zero_point;      /* from 0 to 255 */
    const float *alpha;      /* [channels]: snake before the convolution */
} Convolution;

int residual_block_is_supported(void) {
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vnni");
}

/* Mean and 1 / deviation of the channels from `first` to `last` over time; chunks are combined by Chan's formula. */
VECTOR static void measure(const float *x, long time, int channels, int first, int last, float *mean, float *inverse) {
    memset(mean + first, 0, (last - first) * sizeof(float));
    memset(inverse + first, 0, (last - first) * sizeof(float));
    for (long start = 0; start < time; start += CHUNK) {
        long count = time - start < CHUNK ? time - start : CHUNK;
        float share = (float)count / (float)(start + count), weight = (float)start * share;
        for (int c = first; c < last; c += LANES) {
            const float *row = x + start * channels + c;
            __m512 sum = _mm512_setzero_ps(), squares = _mm512_setzero_ps();
            for (long t = 0; t < count; t++) sum = _mm512_add_ps(sum, _mm512_loadu_ps(row + t * channels));
            __m512 centre = _mm512_div_ps(sum, _mm512_set1_ps((float)count));
            for (long t = 0; t < count; t++) {
                __m512 apart = _mm512_sub_ps(_mm512_loadu_ps(row + t * channels), centre);
                squares = _mm512_fmadd_ps(apart, apart, squares);
            }
            __m512 before = _mm512_loadu_ps(mean + c), apart = _mm512_sub_ps(centre, before);
            _mm512_storeu_ps(mean + c, _mm512_fmadd_ps(apart, _mm512_set1_ps(share), before));
            squares = _mm512_fmadd_ps(_mm512_mul_ps(apart, apart), _mm512_set1_ps(weight), squares);
            _mm512_storeu_ps(inverse + c, _mm512_add_ps(_mm512_loadu_ps(inverse + c), squares));
        }
    }
    for (int c = first; c < last; c += LANES) {
        __m512 variance = _mm512_div_ps(_mm512_loadu_ps(inverse + c), _mm512_set1_ps((float)time));
        __m512 deviation = _mm512_sqrt_ps(_mm512_add_ps(variance, _mm512_set1_ps(EPSILON)));
        _mm512_storeu_ps(inverse + c, _mm512_div_ps(_mm512_set1_ps(1.0f), deviation));
    }
}

/* sin(pi u)^2: a polynomial of the squared distance to the nearest whole number, within 3e-7. */
INLINE_VECTOR __m512 squared_sine(__m512 u) {
    __m512 rest = _mm512_sub_ps(u, _mm512_roundscale_ps(u, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC));
    __m512 z = _mm512_mul_ps(rest, rest);
    __m512 p = _mm512_set1_ps(-3.3565926f);
    p = _mm512_fmadd_ps(p, z, _mm512_set1_ps(13.0500989f));
    p = _mm512_fmadd_ps(p, z, _mm512_set1_ps(-30.1014658f));
    p = _mm512_fmadd_ps(p, z, _mm512_set1_ps(42.7271963f));
    p = _mm512_fmadd_ps(p, z, _mm512_set1_ps(-32.4696712f));
    p = _mm512_fmadd_ps(p, z, _mm512_set1_ps(9.8696043f));
    return _mm512_mul_ps(p, z);
}

/* Norm, snake and quantisation of some channels: 8 bits [time][channels], `gamma` without its 1. */
VECTOR static void activate(const float *x, long time, int channels, int first, int last, const float *gamma, const float *beta,
                            const Convolution *to, uint8_t *made, float *mean, float *inverse) {
    measure(x, time, channels, first, last, mean, inverse);
    const __m512 one = _mm512_set1_ps(1.0f), pi = _mm512_set1_ps(3.14159265f);
    const __m512 steps = _mm512_set1_ps(1.0f / to->quantum), zero = _mm512_set1_ps((float)to->zero_point);
    for (long start = 0; start < time; start += CHUNK) {
        long count = time - start < CHUNK ? time - start : CHUNK;
        for (int c = first; c < last; c += LANES) {
            __m512 scale = _mm512_mul_ps(_mm512_add_ps(_mm512_loadu_ps(gamma + c), one), _mm512_loadu_ps(inverse + c));
            __m512 shift = _mm512_fnmadd_ps(_mm512_loadu_ps(mean + c), scale, _mm512_loadu_ps(beta + c));
            __m512 alpha = _mm512_loadu_ps(to->alpha + c), turns = _mm512_div_ps(alpha, pi), depth = _mm512_div_ps(one, alpha);
            const float *from = x + start * channels + c;
            uint8_t *into = made + start * channels + c;
            for (long t = 0; t < count; t++) {
                __m512 normed = _mm512_fmadd_ps(_mm512_loadu_ps(from + t * channels), scale, shift);
                __m512 value = _mm512_fmadd_ps(squared_sine(_mm512_mul_ps(normed, turns)), depth, normed);
                __m512i whole = _mm512_cvtps_epi32(_mm512_fmadd_ps(value, steps, zero));
                whole = _mm512_max_epi32(whole, _mm512_setzero_si512());
                _mm_storeu_si128((__m128i *)(into + t * channels), _mm512_cvtusepi32_epi8(whole));
            }
        }
    }
}

/* _mm512_dpbusd_epi32 in place: from the intrinsic GCC 12 makes two moves and a store to the stack for each product. */
INLINE_VECTOR void add_products(__m512i *sums, __m512i values, __m512i weights) {
    __asm__("vpdpbusd %2, %1, %0" : "+v"(*sums) : "v"(values), "v"(weights));
}

/* Convolution of 8 bits; `from` is the first row of the padding. Writes the rows from `start` to `end`, multiples of ROWS, and adds them to
   `residual` if there is one. */
VECTOR static void convolve(const uint8_t *from, long start, long end, int channels, const Convolution *by, const float *residual, float *made) {
    const long step = (long)by->dilation * channels;
    const int quads = channels / 4;
    for (int group = 0; group < channels / OUTPUTS; group++) {
        const int8_t *weights = by->weights + (long)group * by->taps * quads * OUTPUTS * 4;
        const int first = group * OUTPUTS;
        for (long t = start; t < end; t += ROWS) {
            __m512i sums[ROWS][COLUMNS];
#pragma GCC unroll 6
            for (int r = 0; r < ROWS; r++)
#pragma GCC unroll 4
                for (int k = 0; k < COLUMNS; k++) sums[r][k] = _mm512_setzero_si512();
            const int8_t *weight = weights;
            for (int tap = 0; tap < by->taps; tap++) {
                const uint8_t *row = from + t * channels + tap * step;
                for (int quad = 0; quad < quads; quad++, weight += OUTPUTS * 4) {
                    __m512i w0 = _mm512_loadu_si512(weight), w1 = _mm512_loadu_si512(weight + 64);
                    __m512i w2 = _mm512_loadu_si512(weight + 128), w3 = _mm512_loadu_si512(weight + 192);
#pragma GCC unroll 6
                    for (int r = 0; r < ROWS; r++) {
                        int32_t bytes;
                        memcpy(&bytes, row + r * channels + 4 * quad, 4);
                        __m512i value = _mm512_set1_epi32(bytes);
                        add_products(&sums[r][0], value, w0);
                        add_products(&sums[r][1], value, w1);
                        add_products(&sums[r][2], value, w2);
                        add_products(&sums[r][3], value, w3);
                    }
                }
            }
#pragma GCC unroll 4
            for (int k = 0; k < COLUMNS; k++) {
                const int c = first + k * LANES;
                const __m512 scale = _mm512_loadu_ps(by->scales + c), bias = _mm512_loadu_ps(by->bias + c);
#pragma GCC unroll 6
                for (int r = 0; r < ROWS; r++) {
                    const long at = (t + r) * channels + c;
                    __m512 value = _mm512_fmadd_ps(_mm512_cvtepi32_ps(sums[r][k]), scale, bias);
                    if (residual) value = _mm512_add_ps(value, _mm512_loadu_ps(residual + at));
                    _mm512_storeu_ps(made + at, value);
                }
            }
        }
    }
}

/* Bytes of scratch memory that one call needs. */
long residual_block_scratch(long time, int channels, int most_padding) {
    long rows = (time + ROWS - 1) / ROWS * ROWS;
    return rows * channels * (long)sizeof(float) + (rows + 2L * most_padding) * channels + 4L * channels * sizeof(float) + 64;
}

/* A barrier for the threads of one call, in memory of `residual_block_barrier_size` bytes. */
long residual_block_barrier_size(void) { return (long)sizeof(pthread_barrier_t); }

int residual_block_barrier_open(void *barrier, int parts) { return pthread_barrier_init(barrier, NULL, parts); }

void residual_block_barrier_close(void *barrier) { pthread_barrier_destroy(barrier); }

/* `x` [time rounded up to 6][channels] becomes the block's output. convolutions: six, in order; affine: gamma, then beta [channels] before each.
   Each of `parts` threads makes the same call with its number `part`; one alone needs no barrier. */
void residual_block(float *x, long time, int channels, const Convolution *convolutions, const float *const *affine, uint8_t *scratch, int part,
                    int parts, void *barrier) {
    const long rows = (time + ROWS - 1) / ROWS * ROWS, tiles = rows / ROWS;
    const long start = tiles * part / parts * ROWS, end = tiles * (part + 1) / parts * ROWS;
    const int lanes = channels / LANES, first = lanes * part / parts * LANES, last = lanes * (part + 1) / parts * LANES;
    float *between = (float *)scratch, *mean = between + rows * channels, *inverse = mean + channels;
    uint8_t *quantised = (uint8_t *)(inverse + channels);
    for (int number = 0; number < 6; number++) {
        const Convolution *by = convolutions + number;
        const long padding = (long)by->dilation * (by->taps - 1) / 2;
        uint8_t *values = quantised + padding * channels;
        if (part == 0) {
            memset(quantised, by->zero_point, padding * channels);
            memset(values + time * channels, by->zero_point, (padding + rows - time) * channels);
        }
        activate(number % 2 ? between : x, time, channels, first, last, affine[number], affine[number] + channels, by, values, mean, inverse);
        if (parts > 1) pthread_barrier_wait(barrier);
        if (number % 2)
            convolve(quantised, start, end, channels, by, x, x);
        else
            convolve(quantised, start, end, channels, by, NULL, between);
        if (parts > 1) pthread_barrier_wait(barrier);
    }
}
