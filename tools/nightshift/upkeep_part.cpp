// A routine as a part of the tree.
#include "tools/nightshift/upkeep_part.hpp"

#include <spdlog/spdlog.h>

namespace nightshift::tools {
namespace {

using runtime::supervision::Component;
using runtime::upkeep::Routine;

class Running final : public Component {
 public:
  explicit Running(std::shared_ptr<Routine> routine) : routine_(std::move(routine)) {
    routine_->start();
  }
  ~Running() override { routine_->stop(); }

 private:
  const std::shared_ptr<Routine> routine_;
};

}  // namespace

runtime::supervision::Part routine_part(std::string name, std::shared_ptr<Routine> routine,
                                        std::chrono::milliseconds patience) {
  return {.name = std::move(name),
          .patience = patience,
          .start = [routine = std::move(routine)](const runtime::supervision::Failed&)
              -> Result<std::unique_ptr<Component>> { return std::make_unique<Running>(routine); }};
}

void report_upkeep(bool bad, std::string_view line) {
  spdlog::log(bad ? spdlog::level::err : spdlog::level::info, "{}", line);
}

}  // namespace nightshift::tools
