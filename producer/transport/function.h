// A move-only callable with room for small captures: what std::move_only_function will be once C++23 may be
// used. Timers, posts and completion handlers are all Functions, so a hot path allocates nothing for them as long
// as the capture fits `kInlineBytes`.
#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

namespace rmqsim {

template <class Signature>
class Function;

template <class R, class... Args>
class Function<R(Args...)> {
 public:
  static constexpr std::size_t kInlineBytes = 48;

  Function() noexcept = default;
  Function(std::nullptr_t) noexcept {}  // NOLINT(google-explicit-constructor): as std::function

  template <class F, class D = std::decay_t<F>,
            class = std::enable_if_t<!std::is_same_v<D, Function> && std::is_invocable_r_v<R, D&, Args...>>>
  Function(F&& f) {  // NOLINT(google-explicit-constructor): as std::function
    if constexpr (fits<D>()) {
      ::new (static_cast<void*>(&storage_)) D(std::forward<F>(f));
      table_ = &kInline<D>;
    } else {
      ::new (static_cast<void*>(&storage_)) D*(new D(std::forward<F>(f)));
      table_ = &kHeap<D>;
    }
  }

  Function(Function&& other) noexcept { take(other); }
  Function& operator=(Function&& other) noexcept {
    if (this != &other) {
      destroy();
      take(other);
    }
    return *this;
  }
  Function(const Function&) = delete;
  Function& operator=(const Function&) = delete;
  ~Function() { destroy(); }

  explicit operator bool() const noexcept { return table_ != nullptr; }

  /// Calls the target; undefined when empty.
  R operator()(Args... args) { return table_->call(&storage_, std::forward<Args>(args)...); }

 private:
  struct Table {
    R (*call)(void*, Args&&...);
    void (*move)(void* from, void* to) noexcept;
    void (*destroy)(void*) noexcept;
  };

  template <class D>
  static constexpr bool fits() {
    return sizeof(D) <= kInlineBytes && alignof(D) <= alignof(std::max_align_t) &&
           std::is_nothrow_move_constructible_v<D>;
  }

  template <class D>
  static constexpr Table kInline{
      [](void* self, Args&&... args) -> R { return (*static_cast<D*>(self))(std::forward<Args>(args)...); },
      [](void* from, void* to) noexcept {
        ::new (to) D(std::move(*static_cast<D*>(from)));
        static_cast<D*>(from)->~D();
      },
      [](void* self) noexcept { static_cast<D*>(self)->~D(); }};

  template <class D>
  static constexpr Table kHeap{
      [](void* self, Args&&... args) -> R { return (**static_cast<D**>(self))(std::forward<Args>(args)...); },
      [](void* from, void* to) noexcept { ::new (to) D*(*static_cast<D**>(from)); },
      [](void* self) noexcept { delete *static_cast<D**>(self); }};

  void take(Function& other) noexcept {
    if (other.table_ != nullptr) {
      other.table_->move(&other.storage_, &storage_);
      table_ = std::exchange(other.table_, nullptr);
    }
  }
  void destroy() noexcept {
    if (table_ != nullptr) std::exchange(table_, nullptr)->destroy(&storage_);
  }

  const Table* table_ = nullptr;
  alignas(std::max_align_t) std::byte storage_[kInlineBytes];
};

using Task = Function<void()>;

}  // namespace rmqsim
